// The Anthropic TypeScript SDK as a program: one JSON command per line in, one JSON reply per line out.
// tests/clients/sdk.py says the same in Python. The first argument is the folder that the SDK is installed in.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const { default: Anthropic, toFile } = createRequire(`${process.argv[2]}/`)('@anthropic-ai/sdk');

// Each call has connections of its own: what a fault leaves on one must not fall on the next call.
new Request('http://unused'); // loads what is behind fetch
const { constructor: Connections } = globalThis[Symbol.for('undici.globalDispatcher.1')];

const calls = {
  create: async (client, parameters, reply, signal) => {
    reply.value = await client.messages.create(parameters, { signal });
  },
  stream: async (client, parameters, reply, signal) => {
    const events = client.messages.stream(parameters, { signal }).on('text', (text) => reply.deltas.push(text));
    reply.value = await events.finalMessage();
  },
  beta_create: async (client, parameters, reply) => {
    reply.value = await client.beta.messages.create(parameters);
  },
  beta_stream: async (client, parameters, reply) => {
    reply.value = await client.beta.messages.stream(parameters).finalMessage();
  },
  iterate: async (client, parameters, reply, signal) => {
    for await (const event of await client.messages.create({ ...parameters, stream: true }, { signal }))
      if (event.delta?.type === 'text_delta') reply.deltas.push(event.delta.text);
    signal?.throwIfAborted(); // an aborted stream ends as if it were whole
  },
  count_tokens: async (client, parameters, reply) => {
    reply.value = await client.messages.countTokens(parameters);
  },
  models: async (client, parameters, reply) => {
    reply.value = [];
    for await (const model of client.models.list(parameters)) reply.value.push(model); // every page
  },
  model: async (client, parameters, reply) => {
    reply.value = await client.models.retrieve(parameters.model_id);
  },
};

// Any other method by its path, such as messages.batches.retrieve; an id comes before the other parameters.
async function called(client, name, { id, file, ...parameters }) {
  const path = name.replace(/_(.)/g, (_, letter) => letter.toUpperCase()).split('.');
  const method = path.pop();
  const resource = path.reduce((found, part) => found[part], client);
  if (file) parameters.file = await toFile(Buffer.from(file[1]), file[0], { type: file[2] });
  return plain(await resource[method](...(id ? [id] : []), parameters));
}

// An object as it is, and all that a page or another stream of them has.
async function plain(value) {
  if (value instanceof Response) return value.text();
  if (!value[Symbol.asyncIterator]) return value;
  const all = [];
  for await (const one of value) all.push(one);
  return all;
}

function described(error) {
  const classes = [];
  for (let made = error.constructor; made?.name; made = Object.getPrototypeOf(made)) classes.push(made.name);
  return { classes, module: '', status: error.status ?? null, type: error.type ?? null, message: error.message };
}

async function answer({ call, options, arguments: parameters }) {
  const reply = { deltas: [], retries: -1 };
  const dispatcher = new Connections();
  const counted = (url, init) => {
    reply.retries += 1;
    return fetch(url, { ...init, dispatcher });
  };
  const client = new Anthropic({
    apiKey: 'mock',
    baseURL: options.base_url,
    maxRetries: options.max_retries,
    timeout: options.timeout && options.timeout * 1000,
    defaultHeaders: options.default_headers,
    fetch: counted,
    logLevel: 'off',
  });
  const signal = options.patience && AbortSignal.timeout(options.patience * 1000);
  try {
    if (call.includes('.')) reply.value = await called(client, call, parameters);
    else await calls[call](client, parameters, reply, signal);
  } catch (error) {
    reply.error = described(error); // whatever it is, the test wants to see it
  }
  await dispatcher.destroy();
  return reply;
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}
