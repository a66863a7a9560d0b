// Welcome: what an empty list teaches - how a client is pointed here, and what to do next.

import { button, copy, el, fill } from "./dom.js";

const snippets = (url) => [
  ["Claude Code", `ANTHROPIC_BASE_URL=${url} ANTHROPIC_AUTH_TOKEN=mock claude`],
  ["Python", `import anthropic

client = anthropic.Anthropic(base_url="${url}", api_key="mock")
message = client.messages.create(
    model="claude-opus-5-5",
    max_tokens=1000,
    messages=[{"role": "user", "content": "Hello"}],
)
print(message.content[0].text)`],
  ["TypeScript", `import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic({ baseURL: "${url}", apiKey: "mock" });
const message = await client.messages.create({
  model: "claude-opus-5-5",
  max_tokens: 1000,
  messages: [{ role: "user", content: "Hello" }],
});`],
  ["curl", `curl ${url}/v1/messages -H 'x-api-key: mock' -H 'content-type: application/json' \\
  -d '{"model": "claude-opus-5-5", "max_tokens": 1000, "stream": true, "messages": [{"role": "user", "content": "Hello"}]}'`],
];

export function snippet(name, code) {
  return el(
    "div", { class: "snippet" },
    el("div", { class: "snippet-head" }, el("h4", {}, name), button("Copy", () => copy(code, name), { class: "quiet", "aria-label": `Copy: ${name}` })),
    el("pre", { class: "code", tabindex: "0" }, code),
  );
}

export function welcome(node, scenario) {
  fill(
    node,
    el("h2", {}, "Nothing has come yet"),
    el("p", { class: "soft" }, "This gateway is a mock: it answers from scenarios, costs nothing, and breaks when you want it to. ",
      scenario ? ["Requests are answered by ", el("code", {}, scenario), "."] : ""),
    el("h3", {}, "Point a client here"),
    snippets(location.origin).map(([name, code]) => snippet(name, code)),
    el("h3", {}, "Then"),
    el(
      "ol", {},
      el("li", {}, "Open an exchange: the conversation, the stream as a timeline, and why this was the answer."),
      el("li", {}, "Under Control, let the next request fail or its stream break, and see what your client makes of it."),
      el("li", {}, "Give a test or an agent a session of its own: ", el("code", {}, `${location.origin}/s/demo`), " as its base URL."),
    ),
  );
}
