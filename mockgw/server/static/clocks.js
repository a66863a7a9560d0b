// Clocks: a session's clock, moved ahead by a click.

import { part, post } from "./api.js";
import { Card, done } from "./card.js";
import { button, el } from "./dom.js";
import { span } from "./words.js";

const STEPS = ["1m", "1h", "5h", "1d", "7d"];

export class Clocks {
  constructor(control) {
    this.control = control;
    this.card = new Card("Clock", { told: "Limits, windows and time-of-day rules go by it. It never goes back." });
    this.node = this.card.node;
    this.time = el("strong", { class: "time" });
    this.card.body.append(
      el("div", { class: "clock" }, this.time, STEPS.map((step) => button(`+ ${step}`, () => this.advance(step), { "aria-label": `+ ${step} on this clock` }))),
    );
    setInterval(() => this.tick(), 1000);
  }

  show(clock) {
    this.offset = new Date(clock.time).getTime() - performance.now();
    this.card.aside.textContent = clock.advanced > 0 ? `${span(clock.advanced)} ahead` : "as the server's";
    this.tick();
  }

  tick() {
    if (this.offset === undefined) return;
    const time = new Date(this.offset + performance.now());
    this.time.textContent = time.toLocaleString([], { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  }

  async advance(by) {
    await done(post(`sessions/${part(this.control.session)}/clock/advance`, { by }), `${by} have passed`);
    this.control.refresh();
  }
}
