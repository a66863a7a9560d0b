// Trial: a request that is tried against what is loaded, or against pasted text; nothing is counted.

import { ApiProblem, post } from "./api.js";
import { el, fill } from "./dom.js";
import { why } from "./why.js";

const HEADERS = { "x-api-key": "mock", "anthropic-version": "2023-06-01", "content-type": "application/json" };

export class Trial {
  constructor(place) {
    this.place = place;
    this.request = el("textarea", { id: "trial-request", rows: 3, spellcheck: "false", placeholder: "A prompt, or the JSON of a request" });
    this.scenario = el("select", { id: "trial-scenario" });
    this.yaml = el("textarea", { id: "trial-yaml", rows: 6, spellcheck: "false", placeholder: "rules:\n  - match: {prompt: {contains: weather}}\n    reply: It is sunny." });
    this.result = el("div", { class: "trial-result", "aria-live": "polite" });
    this.pasted = el("div", { hidden: true }, el("label", { for: "trial-yaml" }, "The scenario, as YAML"), this.yaml);
    this.scenario.addEventListener("change", () => { this.pasted.hidden = this.scenario.value !== "yaml:"; });
    this.node = el(
      "form", { class: "trial card", on: { submit: (event) => { event.preventDefault(); this.ask(); } } },
      el("h3", {}, "Try a request"), el("label", { for: "trial-request", class: "soft small" }, "What would it be answered, and why? Nothing is counted."), this.request,
      el("div", { class: "trial-row" }, el("label", { for: "trial-scenario" }, "against"), this.scenario, el("button", { class: "main" }, "Try it")),
      this.pasted, this.result,
    );
    this.offer([]);
  }

  offer(scenarios) {
    const names = scenarios.map((one) => one.name);
    const shown = names.join("\n");
    if (shown === this.shown) return;
    this.shown = shown;
    const chosen = this.scenario.value;
    fill(this.scenario, el("option", { value: "" }, "what answers now"), el("option", { value: "yaml:" }, "pasted text"), names.map((name) => el("option", { value: name }, name)));
    this.scenario.value = names.includes(chosen) || chosen === "yaml:" ? chosen : "";
  }

  get body() {
    const text = this.request.value.trim();
    const isRequest = text.startsWith("{");
    const request = isRequest ? text : { model: "claude-opus-5-5", max_tokens: 1000, messages: [{ role: "user", content: text }] };
    const chosen = this.scenario.value;
    if (!chosen) return { request, headers: HEADERS, session: this.place.get("of") };
    return { request, headers: HEADERS, scenario: chosen === "yaml:" ? { yaml: this.yaml.value } : chosen };
  }

  async ask() {
    try {
      fill(this.result, why(await post("explain", this.body)));
    } catch (problem) {
      if (!(problem instanceof ApiProblem)) throw problem;
      fill(this.result, el("p", { class: "problem bad said" }, problem.message), problem.problems.slice(1).map((one) => el("p", { class: "problem bad said" }, one.message)));
    }
  }
}
