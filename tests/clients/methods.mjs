// Every method of the Anthropic TypeScript SDK as a program: one JSON command per line in, one JSON reply per line out.
// The first argument is the folder that the SDK is installed in, the second where the server is. The first reply is the
// names of all methods, found on the client itself; a command is one of them and its arguments.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const { default: Anthropic, toFile } = createRequire(`${process.argv[2]}/`)('@anthropic-ai/sdk');
const client = new Anthropic({ apiKey: 'mock', baseURL: process.argv[3], maxRetries: 0, logLevel: 'off' });
const MOST = 50; // of what a list has on its pages

function* methods(resource, path) {
  for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(resource)))
    if (path && name !== 'constructor' && !name.startsWith('_')) yield [...path, name].join('.');
  for (const [name, inner] of Object.entries(resource))
    if (!name.startsWith('_') && inner?._client === client) yield* methods(inner, [...path, name]);
}

// What JSON cannot say: {"$file": text, "name": …} is a file, {"$gives": text, …} a tool that gives this text.
async function revived(value) {
  if (Array.isArray(value)) return Promise.all(value.map(revived));
  if (value === null || typeof value !== 'object') return value;
  if ('$file' in value) return toFile(Buffer.from(value.$file), value.name);
  if ('$gives' in value) return { ...value, run: () => value.$gives, parse: (input) => input };
  return Object.fromEntries(await Promise.all(Object.entries(value).map(async ([key, one]) => [key, await revived(one)])));
}

async function listed(several) {
  const list = [];
  for await (const one of several) if (list.push(one) === MOST) break;
  return list;
}

async function told(result) {
  if (result instanceof Response) return await result.text();
  if (result?.runUntilDone) return await result.runUntilDone();
  if (result?.finalMessage) return await result.finalMessage(); // of a stream's helper
  return result?.[Symbol.asyncIterator] ? await listed(result) : result;
}

async function answer({ method, arguments: given }) {
  const path = method.split('.');
  const name = path.pop();
  const resource = path.reduce((inner, step) => inner[step], client);
  try {
    return { value: await told(await resource[name](...(await revived(given)))) };
  } catch (error) {
    return { error: { class: error.constructor.name, status: error.status ?? null, message: error.message } };
  }
}

const found = [...methods(client, [])].filter((path) => path.includes('.'));
console.log(JSON.stringify(found));
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}
