// The Vercel AI SDK, as a program that tests/clients/others/program.py describes.
// The first argument is the folder that it is installed in.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const installed = createRequire(`${process.argv[2]}/`);
const { generateText, jsonSchema, stepCountIs, streamText, tool } = installed('ai');
const { createAnthropic } = installed('@ai-sdk/anthropic');

globalThis.AI_SDK_LOG_WARNINGS = false;

const model = (line) => new Function('createAnthropic', `return ${line}`)(createAnthropic);

const value = (text, stop_reason, { inputTokens, outputTokens }) => ({
  content: [{ text }],
  stop_reason,
  usage: { input: inputTokens, output: outputTokens },
});

const calls = {
  create: async (line, prompt, reply) => {
    const result = await generateText({ model: model(line), prompt });
    reply.value = value(result.text, result.finishReason, result.usage);
  },
  stream: async (line, prompt, reply) => {
    const onError = ({ error }) => {
      reply.error = described(error); // it is thrown nowhere
    };
    const result = streamText({ model: model(line), prompt, onError });
    for await (const text of result.textStream) reply.deltas.push(text);
    if (!reply.error) reply.value = value(await result.text, await result.finishReason, await result.usage);
  },
  tool: async (line, prompt, reply) => {
    const asked = [];
    const properties = { city: { type: 'string' }, days: { type: 'integer' } };
    const weather = tool({
      description: 'The weather of a city.',
      inputSchema: jsonSchema({ type: 'object', properties }),
      execute: async (input) => {
        asked.push(input);
        return 'Rain.';
      },
    });
    const result = await generateText({ model: model(line), prompt, tools: { weather }, stopWhen: stepCountIs(3) });
    reply.value = { ...value(result.text, result.finishReason, result.usage), arguments: asked[0] };
  },
};

function described(error) {
  return { classes: [error.name ?? error.constructor.name], module: '', message: error.message };
}

for await (const command of createInterface({ input: process.stdin })) {
  const { call, options, arguments: parameters } = JSON.parse(command);
  const reply = { deltas: [] };
  try {
    await calls[call](options.line, parameters.prompt, reply);
  } catch (error) {
    reply.error ??= described(error); // whatever it is, the test wants to see it
  }
  console.log(JSON.stringify(reply));
}
