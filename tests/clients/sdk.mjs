// The Anthropic TypeScript SDK as a program: one JSON command per line in, one JSON reply per line out.
// tests/clients/sdk.py says the same in Python. The first argument is the folder that the SDK is installed in.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const { default: Anthropic } = createRequire(`${process.argv[2]}/`)('@anthropic-ai/sdk');

const calls = {
  create: async (client, parameters, reply) => {
    reply.value = await client.messages.create(parameters);
  },
  stream: async (client, parameters, reply) => {
    const events = client.messages.stream(parameters).on('text', (text) => reply.deltas.push(text));
    reply.value = await events.finalMessage();
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

function described(error) {
  const classes = [];
  for (let made = error.constructor; made?.name; made = Object.getPrototypeOf(made)) classes.push(made.name);
  return { classes, status: error.status ?? null, type: error.type ?? null, message: error.message };
}

async function answer({ call, options, arguments: parameters }) {
  const reply = { deltas: [], retries: -1 };
  const counted = (...request) => {
    reply.retries += 1;
    return fetch(...request);
  };
  const client = new Anthropic({
    apiKey: 'mock',
    baseURL: options.base_url,
    maxRetries: options.max_retries,
    defaultHeaders: options.default_headers,
    fetch: counted,
  });
  try {
    await calls[call](client, parameters, reply);
  } catch (error) {
    reply.error = described(error); // whatever it is, the test wants to see it
  }
  return reply;
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}
