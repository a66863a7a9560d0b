import Anthropic from '@anthropic-ai/sdk';
import { expect, test } from 'vitest';

import { weather } from '../src/weather.js';

// A session of its own keeps a test apart from all others, and from its own last run in watch mode.
const client = () => new Anthropic({ defaultHeaders: { 'x-mockgw-session': crypto.randomUUID() } });

test('a text is streamed', async () => {
  const pieces = [];
  await weather('Cairo', { client: client(), onText: (piece) => pieces.push(piece) });
  expect(pieces).toEqual(['In ', 'Cairo ', 'it ', 'is ', 'hot.']);
});

test('the result of the tool goes back', async () => {
  const asked = [];
  const thermometer = (city) => {
    asked.push(city);
    return '21 degrees';
  };
  expect(await weather('Paris', { client: client(), thermometer })).toBe('In Paris it is 21 degrees.');
  expect(asked).toEqual(['Paris']);
});

test('a rate limit is waited for', async () => {
  expect(await weather('Oslo', { client: client() })).toBe('In Oslo it snows.');
});

test('an empty account is an error', async () => {
  await expect(weather('Bern', { client: client() })).rejects.toThrow(/^402 .*insufficient credits/);
});

test('half an answer is an error', async () => {
  await expect(weather('Rome', { client: client() })).rejects.toThrow(Anthropic.AnthropicError);
});
