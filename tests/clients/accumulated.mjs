// The accumulators of the Anthropic TypeScript SDK as a program: one answer per line in, told as a stream and as JSON;
// one line per answer out, with the message that the SDK made of each. The first argument is where the SDK is installed.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const { default: Anthropic } = createRequire(`${process.argv[2]}/`)('@anthropic-ai/sdk');
const asked = { model: 'claude', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] };
let answer;

function streamed() {
  const sends = answer.stream.map((send) => Buffer.from(send, 'base64'));
  return new ReadableStream({ pull: (to) => (sends.length ? to.enqueue(new Uint8Array(sends.shift())) : to.close()) });
}

async function told(_, { body }) {
  const [type, content] = JSON.parse(body).stream ? ['text/event-stream', streamed()] : ['application/json', answer.json];
  return new Response(content, { headers: { 'content-type': type } });
}

const client = new Anthropic({ apiKey: 'mock', baseURL: 'http://mock', maxRetries: 0, logLevel: 'off', fetch: told });

async function message(made) {
  try {
    return JSON.parse(JSON.stringify(await made()));
  } catch (error) {
    return { error: `${error.constructor.name}: ${error.message}` };
  }
}

async function accumulated(resource) {
  return {
    stream: await message(() => resource.stream(asked).finalMessage()),
    json: await message(() => resource.parse(asked)), // as the stream: with what the SDK adds itself
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  answer = JSON.parse(line);
  const resources = [client.beta.messages, ...(answer.of_beta ? [] : [client.messages])];
  const made = [];
  for (const resource of resources) made.push(await accumulated(resource));
  console.log(JSON.stringify(made));
}
