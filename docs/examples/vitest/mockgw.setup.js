// One mockgw for all tests, on a port of its own. Under `mockgw run` there is one already.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const FLAGS = ['--port', '0', '--ready-json', '--quiet', '--time-scale', '0'];

export default async function setup() {
  if (process.env.MOCKGW_URL) return;
  const server = spawn('mockgw', ['serve', 'scenarios', ...FLAGS], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(server, 'exit').then(([code]) => {
    throw new Error(`mockgw ended with exit code ${code} before it was ready; what it said stands above`);
  });
  const [line] = await Promise.race([once(createInterface({ input: server.stdout }), 'line'), ended]);
  ended.catch(() => {}); // from here on it ends when it is told to
  const { url } = JSON.parse(line);
  Object.assign(process.env, { MOCKGW_URL: url, ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: 'mock' });
  return async () => {
    server.kill();
    await once(server, 'exit');
  };
}
