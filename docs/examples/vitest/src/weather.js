// What is tested: a question about the weather, answered by a model that can ask a thermometer.
import Anthropic from '@anthropic-ai/sdk';

const TOOL = {
  name: 'temperature',
  description: 'The temperature of a city, in degrees.',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

export async function weather(city, { thermometer, onText = () => {}, client = new Anthropic() } = {}) {
  const messages = [{ role: 'user', content: `How is the weather in ${city}?` }];
  for (;;) {
    const request = { model: 'claude-opus-5-5', max_tokens: 1000, tools: [TOOL], messages };
    const message = await client.messages.stream(request).on('text', onText).finalMessage();
    const calls = message.content.filter((block) => block.type === 'tool_use');
    if (calls.length === 0) return message.content.map((block) => block.text).join('');
    const results = calls.map(({ id, input }) => ({ type: 'tool_result', tool_use_id: id, content: thermometer(input.city) }));
    messages.push({ role: 'assistant', content: message.content }, { role: 'user', content: results });
  }
}
