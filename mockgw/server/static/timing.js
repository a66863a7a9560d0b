// Timing: sliders for how late and how fast a session's answers come, whatever their rules say.

import { part, put, remove } from "./api.js";
import { Card, done } from "./card.js";
import { button, el } from "./dom.js";

// What each slider stands for, from left to right; null leaves it to the rules.
const SLIDERS = {
  delay: ["First byte", [null, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30], (value) => `+ ${value} s`],
  tps: ["Speed", [null, 1, 2, 5, 10, 20, 40, 80, 160], (value) => `${value} tokens/s`],
  time_scale: ["All waits", [0, 0.1, 0.25, 0.5, null, 2, 4, 10], (value) => `× ${value}`],
};
const USUAL = "as scripted";

export class TimingCard {
  constructor(control) {
    this.control = control;
    this.card = new Card("Latency and speed");
    this.node = this.card.node;
    this.sliders = Object.fromEntries(Object.entries(SLIDERS).map(([name, one]) => [name, this.slider(name, ...one)]));
    this.card.body.append(
      el("div", { class: "sliders" }, Object.values(this.sliders).map((one) => one.row)),
      this.usual = button("As scripted", () => this.forget()),
    );
  }

  slider(name, label, steps, told) {
    const input = el("input", { type: "range", id: `slider-${name}`, min: 0, max: steps.length - 1, step: 1, value: steps.indexOf(null) });
    const output = el("output", { for: input.id, class: "small" }, USUAL);
    const one = { input, steps, row: el("div", { class: "slider" }, el("label", { for: input.id, class: "small" }, label), input, output) };
    one.show = () => {
      const value = steps[Number(input.value)];
      output.textContent = value === null ? USUAL : told(value);
      input.setAttribute("aria-valuetext", output.textContent);
    };
    input.addEventListener("input", one.show);
    input.addEventListener("change", () => this.apply());
    return one;
  }

  // What the server has, unless a slider is just being moved.
  show(timing) {
    const own = { delay: timing.delay || null, tps: timing.pace?.tps ?? null, time_scale: timing.time_scale };
    const set = Object.values(own).filter((value) => value !== null).length;
    this.card.aside.textContent = set ? "changed" : USUAL;
    this.usual.hidden = !set;
    for (const [name, { input, steps, show }] of Object.entries(this.sliders)) {
      if (input.matches(":active")) continue;
      input.value = nearest(steps, own[name]);
      show();
    }
  }

  get body() {
    const value = (name) => this.sliders[name].steps[Number(this.sliders[name].input.value)];
    const [delay, tps, scale] = [value("delay"), value("tps"), value("time_scale")];
    return {
      ...(delay === null ? {} : { delay }), ...(tps === null ? {} : { pace: { tps } }), ...(scale === null ? {} : { time_scale: scale }),
    };
  }

  async apply() {
    const path = `sessions/${part(this.control.session)}/timing`;
    const { body } = this;
    await done(Object.keys(body).length ? put(path, body) : remove(path));
    this.control.refresh();
  }

  async forget() {
    await done(remove(`sessions/${part(this.control.session)}/timing`), "Answers come as their rules say");
    this.control.refresh();
  }
}

// The step that is nearest to a value.
function nearest(steps, value) {
  if (value === null) return steps.indexOf(null);
  const distances = steps.map((step) => (step === null ? Infinity : Math.abs(step - value)));
  return distances.indexOf(Math.min(...distances));
}
