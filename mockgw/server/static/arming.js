// Arming: a fault that is put together by hand - what strikes, whom, and for how long.

import { button, el } from "./dom.js";

const ERRORS = [400, 401, 402, 403, 404, 408, 413, 429, 500, 502, 503, 504, 529];
const FAULTS = {
  Connection: ["connection_reset_by_peer", "empty_response", "random_data_then_close", "malformed_response_chunk"],
  Stream: ["error_event", "truncate", "stall", "malformed_sse", "drop_event", "duplicate_event", "reorder_events"],
  Pace: ["latency", "slicer", "timeout", "slow_close"],
  Response: ["html_error_page", "wrong_content_type", "content_length_mismatch", "error_body_200"],
};
const PLACED = new Set([...FAULTS.Stream, "connection_reset_by_peer", "empty_response", "timeout"]);

let made = 0;

function field(label, input, attributes = {}) {
  made += 1;
  input.id = `field-${made}`;
  return el("span", { class: "field", ...attributes }, el("label", { for: input.id }, label), input);
}

const number = (value, attributes = {}) => el("input", { type: "number", min: 1, value, ...attributes });

export class Arming {
  constructor(arm) {
    this.what = el(
      "select", { on: { change: () => this.adjust() } },
      el("optgroup", { label: "Error" }, ERRORS.map((status) => el("option", { value: `error:${status}` }, `error ${status}`))),
      Object.entries(FAULTS).map(([group, names]) => el("optgroup", { label: group }, names.map((name) => el("option", { value: `fault:${name}` }, name)))),
      el("optgroup", { label: "Delay" }, el("option", { value: "delay" }, "delay")),
    );
    this.event = number(6);
    this.delay = number(5, { min: 0.1, step: 0.1 });
    this.place = field("at event", this.event);
    this.late = field("seconds", this.delay);
    this.length = el(
      "select", { on: { change: () => this.adjust() } },
      el("option", { value: "times" }, "next n requests"), el("option", { value: "for" }, "for a time"), el("option", { value: "ever" }, "until switched off"),
    );
    this.times = number(1);
    this.seconds = number(30);
    this.count = field("requests", this.times);
    this.period = field("seconds", this.seconds);
    this.rate = number(100, { max: 100 });
    this.node = el(
      "form", { class: "arming", on: { submit: (event) => { event.preventDefault(); arm(this.body); } } },
      field("What", this.what), this.place, this.late, field("How long", this.length), this.count, this.period,
      field("% of tries", this.rate), button("Arm", () => {}, { type: "submit", class: "main" }),
    );
    this.adjust();
  }

  adjust() {
    const [kind, name] = this.what.value.split(":");
    this.place.hidden = !(kind === "fault" && PLACED.has(name));
    this.late.hidden = kind !== "delay";
    this.count.hidden = this.length.value !== "times";
    this.period.hidden = this.length.value !== "for";
  }

  get body() {
    const [kind, name] = this.what.value.split(":");
    const what = {
      error: () => ({ error: Number(name) }),
      fault: () => ({ fault: PLACED.has(name) ? { type: name, at: { event: Number(this.event.value) } } : name }),
      delay: () => ({ delay: Number(this.delay.value) }),
    }[kind]();
    const rate = Number(this.rate.value) / 100;
    return {
      ...what,
      ...(this.length.value === "times" ? { times: Number(this.times.value) } : {}),
      ...(this.length.value === "for" ? { for: `${this.seconds.value}s` } : {}),
      ...(rate < 1 ? { rate } : {}),
    };
  }
}
