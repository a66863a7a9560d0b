// Exchange: everything that is known of one exchange, in tabs.

import { ApiProblem, ask, askText, part } from "./api.js";
import { button, copy, el, fill, say } from "./dom.js";
import { tree } from "./json.js";
import { chipsOf, ruleOf, statusOf, titleOf } from "./row.js";
import { line, said } from "./text.js";
import { Timeline } from "./timeline.js";
import { transcript } from "./transcript.js";
import { streamOf } from "./told.js";
import { why } from "./why.js";
import { amount, bytes, clockTime, dollars, endingOf, inputOf, isUnmatched, seconds } from "./words.js";

const TABS = ["Conversation", "Stream", "Why", "Request", "Answer"];
const EXPORTS = ["curl", "rule", "pytest"];

export class ExchangeView {
  constructor(node, place, exchanges) {
    Object.assign(this, { node, place, exchanges });
    this.id = "";
    this.shown = "";
    this.empty();
  }

  empty() {
    fill(this.node, el("h2", { class: "hidden" }, "Exchange"), el("p", { class: "nothing soft" }, "No exchange is open. Choose one in the list: with the mouse, or with j, k and Enter."));
  }

  get tab() {
    const entry = this.exchanges.find(this.id);
    const wanted = this.place.get("tab");
    if (TABS.includes(wanted)) return wanted;
    return entry && isUnmatched(entry) ? "Why" : TABS[0];
  }

  follow() {
    const id = this.place.get("open");
    if (id !== this.id) {
      this.id = id;
      this.data = {};
      this.record = null;
      if (id) this.load();
      else this.empty();
    } else if (this.record && this.tab !== this.turned) {
      this.turn();
    }
  }

  // An exchange has gone on: look again if it is the one that is open.
  heard(entry) {
    if (entry.request_id !== this.id || !entry.ended) return;
    this.data = {};
    this.load();
  }

  async load() {
    const id = this.id;
    try {
      const record = await ask(`journal/${part(id)}`);
      if (id !== this.id) return;
      this.record = record;
      this.draw();
      this.turn();
    } catch (problem) {
      if (!(problem instanceof ApiProblem)) throw problem;
      if (id === this.id) fill(this.node, el("h2", { class: "hidden" }, "Exchange"), el("p", { class: "nothing soft" }, problem.message));
    }
  }

  draw() {
    const { record } = this;
    this.body = el("div", { class: "tab-body", role: "tabpanel", id: "exchange-body", tabindex: "0" });
    this.tabs = TABS.map((name) => this.tabOf(name));
    fill(
      this.node,
      el("header", { class: "exchange-head" },
        el("h2", {}, statusOf(record), el("span", { class: "said" }, this.title(record)), chipsOf(record)),
        record.message ? el("p", { class: "said message" }, line(record.message, 600)) : null,
        this.facts(record), this.actions()),
      el("div", { class: "tablist", role: "tablist", "aria-label": "Of this exchange", on: { keydown: (event) => this.step(event) } }, this.tabs),
      this.body,
    );
  }

  title(record) {
    return titleOf({ ...record, prompt: record.prompt ?? this.exchanges.find(this.id)?.prompt });
  }

  facts(record) {
    const rows = [
      [record.rule ? "rule" : "scenario", ruleOf(record)], ["model", record.model], ["session", record.session], ["time", clockTime(record.time)],
      ["try", record.attempt > 1 ? String(record.attempt) : ""], ["first byte", seconds(record.first_byte)], ["total", record.ended ? seconds(record.duration) : "running"],
      ["tokens", record.input_tokens === null ? "" : `${amount(inputOf(record))} in, ${amount(record.output_tokens)} out`],
      ["cache", record.cache_read_input_tokens || record.cache_creation_input_tokens ? `${amount(record.cache_read_input_tokens)} read, ${amount(record.cache_creation_input_tokens)} written` : ""],
      ["cost", Number(record.cost) ? dollars(record.cost) : ""], ["ending", endingOf(record)], ["size", bytes(record.size_bytes)],
      ["tried", (record.tried ?? []).join(", ")], ["noted", record.validation], ["id", record.request_id],
    ];
    return el("dl", { class: "facts small" }, rows.filter(([, value]) => value).map(([name, value]) => el("div", { class: name === "id" ? "wide" : "" }, el("dt", {}, name), el("dd", { class: "said" }, line(value, 120)))));
  }

  actions() {
    const copies = EXPORTS.map((name) => button(name, () => this.copy(name), { "aria-label": `Copy as ${name}` }));
    return el("div", { class: "exchange-actions", role: "group", "aria-label": "Copy as" }, el("span", { class: "soft small" }, "Copy as"), copies);
  }

  async copy(name) {
    try {
      await copy(await askText(`journal/${part(this.id)}/export?as=${name}`), name);
    } catch (problem) {
      say(problem.message, { bad: true });
    }
  }

  tabOf(name) {
    return button(name, () => this.place.set({ tab: name }), { role: "tab", id: `tab-${name}`, "aria-controls": "exchange-body" });
  }

  step(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const next = (TABS.indexOf(this.tab) + by + TABS.length) % TABS.length;
    this.place.set({ tab: TABS[next] });
    this.tabs[next].focus();
  }

  // Turn to the tab that is wanted.
  async turn() {
    const { body, tab } = this;
    this.turned = tab;
    for (const node of this.tabs) {
      const chosen = node.id === `tab-${tab}`;
      node.setAttribute("aria-selected", String(chosen));
      node.setAttribute("tabindex", chosen ? "0" : "-1");
    }
    body.setAttribute("aria-labelledby", `tab-${tab}`);
    const shown = await this.contents(tab);
    if (this.body === body && this.turned === tab) fill(body, shown);
  }

  async contents(tab) {
    try {
      return await this[tab.toLowerCase()]();
    } catch (problem) {
      if (!(problem instanceof ApiProblem)) throw problem;
      return el("p", { class: "nothing soft" }, problem.message);
    }
  }

  // What is asked of the server, once.
  detail(name) {
    this.data[name] ??= ask(`journal/${part(this.id)}/${name}`);
    return this.data[name];
  }

  async conversation() {
    return transcript(await this.detail("transcript"));
  }

  async stream() {
    const stream = streamOf(await this.detail("timeline"));
    return stream.events.length ? new Timeline(stream).node : el("p", { class: "soft" }, "Nothing of an answer has left.");
  }

  async why() {
    const told = await this.detail("why");
    return why(told.explanation, told);
  }

  request() {
    const { method, path, headers, body } = this.record.request;
    const text = typeof body === "string" ? body : JSON.stringify(body, null, 2);
    return [
      el("div", { class: "raw-head" }, el("code", { class: "said" }, `${method} ${path}`), button("Copy body", () => copy(text, "the body"))),
      headersOf(headers), typeof body === "string" ? said(body, { className: "mono" }) : tree(body),
    ];
  }

  async answer() {
    const { status, headers, body, left_out: rest } = await this.detail("answer");
    return [
      el("div", { class: "raw-head" }, el("code", {}, status ? `HTTP ${status}` : "no head"), button("Copy body", () => copy(body, "the body"))),
      headersOf(headers), rest ? el("p", { class: "soft small" }, `${bytes(rest)} more are not kept.`) : null,
      said(body, { className: "mono", shown: 20000 }),
    ];
  }
}

function headersOf(headers) {
  const pairs = Array.isArray(headers) ? headers : Object.entries(headers || {});
  return el("details", { class: "headers", open: pairs.length < 12 }, el("summary", {}, `${pairs.length} headers`), el("dl", {}, pairs.map(([name, value]) => [el("dt", {}, name), el("dd", { class: "said" }, line(String(value), 400))])));
}
