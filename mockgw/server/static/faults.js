// Faults: what is to go wrong next - armed by a click, counted down, switched off.

import { part, post, remove } from "./api.js";
import { Card, done } from "./card.js";
import { button, el, fill, svg } from "./dom.js";
import { icon } from "./icons.js";
import { counted, span } from "./words.js";
import { Arming } from "./arming.js";

export const PRESETS = [
  ["429 for 30 s", "Too many requests, with retry-after", { error: { status: 429, retry_after: "5s" }, for: "30s" }],
  ["529, next 2", "Overloaded, twice", { error: 529, times: 2 }],
  ["Break after 5 events", "The next stream ends early", { fault: { type: "connection_reset_by_peer", at: { event: 6 } }, times: 1 }],
  ["Stall after 5 events", "The next stream falls silent", { fault: { type: "stall", at: { event: 6 } }, times: 1 }],
  ["Error in the stream", "The next stream ends in an error", { fault: { type: "error_event", error: "overloaded_error" }, times: 1 }],
  ["Provider down, 1 min", "502 for whoever asks", { error: 502, for: "1m" }],
  ["5 s late, next 3", "Before the first byte", { delay: "5s", times: 3 }],
  ["Shaky", "A third of all tries: 529", { error: 529, rate: 0.33 }],
];

export class FaultsCard {
  constructor(control) {
    this.control = control;
    this.card = new Card("Faults");
    this.node = this.card.node;
    this.armed = el("ul", { class: "armed", "aria-label": "Armed" });
    this.presets = el("div", { class: "presets" }, PRESETS.map(([label, told, body]) => this.preset(label, told, body)));
    this.arming = new Arming((body) => this.arm(body));
    this.card.body.append(this.armed, this.presets, el("details", {}, el("summary", {}, "Make your own"), this.arming.node));
    setInterval(() => this.tick(), 250);
  }

  preset(label, told, body) {
    const shown = [el("span", { class: "preset-name" }, icon("fault"), label), el("span", { class: "soft small" }, told)];
    return button(shown, () => this.arm(body, label), { class: "preset" });
  }

  async arm(body, label = "") {
    const armed = await done(post(`sessions/${part(this.control.session)}/faults`, body));
    if (armed && label) this.control.labels.set(`${this.control.session} ${armed.id}`, label);
    this.control.refresh();
  }

  show(faults) {
    const now = performance.now() / 1000;
    this.faults = faults.map((one) => ({ ...one, until: one.seconds_left === null ? null : now + one.seconds_left }));
    const shown = JSON.stringify(faults.map(({ id, left, rate }) => [id, left, rate, this.control.session]));
    this.card.aside.textContent = faults.length ? `${counted(faults.length, "fault")} armed` : "none armed";
    this.node.classList.toggle("struck", faults.length > 0);
    if (shown !== this.shown) {
      this.shown = shown;
      fill(this.armed, this.faults.map((fault) => this.row(fault)), faults.length > 1 ? el("li", {}, button("Switch all off", () => this.disarm(""))) : null);
    }
    this.tick();
  }

  row(fault) {
    const label = this.control.labels.get(`${this.control.session} ${fault.id}`);
    return el(
      "li", { class: "armed-row", "data-id": fault.id },
      ring(), el("span", { class: "armed-what" }, el("strong", {}, label || fault.what), el("span", { class: "soft small left" })),
      button("Switch off", () => this.disarm(fault.id), { "aria-label": `Switch off ${label || fault.what}` }),
    );
  }

  async disarm(id) {
    await done(remove(`sessions/${part(this.control.session)}/faults${id ? `/${part(id)}` : ""}`), "Switched off");
    this.control.refresh();
  }

  // The countdown of each.
  tick() {
    const now = performance.now() / 1000;
    for (const fault of this.faults || []) {
      const node = this.armed.querySelector(`[data-id="${fault.id}"]`);
      if (!node) continue;
      const left = fault.until === null ? null : Math.max(0, fault.until - now);
      node.querySelector(".left").textContent = leftOf(fault, left);
      const full = (this.full ??= new Map());
      if (left !== null && !(full.get(fault.id) >= left)) full.set(fault.id, fault.for ?? left);
      const share = left === null ? 1 : left / (full.get(fault.id) || 1);
      node.querySelector(".ring-left").style.strokeDashoffset = String(100 - 100 * share);
      if (left === 0) this.control.refresh();
    }
  }
}

function leftOf(fault, left) {
  const parts = [
    fault.left === null ? null : fault.left === 1 ? "next request" : `next ${fault.left} requests`, left === null ? null : `${span(left)} left`,
    fault.rate < 1 ? `${Math.round(fault.rate * 100)} % of tries` : null,
  ].filter(Boolean);
  return parts.join(" · ") || "until it is switched off";
}

function ring() {
  const circle = { cx: 10, cy: 10, r: 8, pathLength: 100 };
  return svg(
    "svg", { class: "ring", viewBox: "0 0 20 20", "aria-hidden": "true" },
    svg("circle", circle), svg("circle", { ...circle, class: "ring-left", transform: "rotate(-90 10 10)" }),
  );
}
