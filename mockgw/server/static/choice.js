// Choice: the scenario that answers in a session, switched by a click.

import { part, put, remove } from "./api.js";
import { Card, done } from "./card.js";
import { button, el, fill } from "./dom.js";

const MANY = 8;

export class Choice {
  constructor(control) {
    this.control = control;
    this.card = new Card("Scenario");
    this.node = this.card.node;
    this.wanted = "";
    this.search = el("input", { type: "search", placeholder: "Find a scenario", "aria-label": "Find a scenario", on: { input: () => this.narrow() } });
    this.options = el("div", { class: "options", role: "group", "aria-label": "Scenario of this session" });
    this.card.body.append(this.search, this.options);
  }

  show(session, scenarios) {
    const chosen = session.scenario ? session.scenario.name : "";
    const own = session.scenario?.own ? session.scenario : null;
    const shown = JSON.stringify([session.name, chosen, own, scenarios.map((one) => [one.name, one.description])]);
    if (shown === this.shown) return;
    this.shown = shown;
    this.card.aside.textContent = own ? "one of its own, from a program" : chosen ? "" : "as requests say";
    this.search.hidden = scenarios.length <= MANY;
    const usual = scenarios.find((one) => one.chosen)?.name;
    const free = this.option("", "As requests say", usual ? `${usual}, unless a request names another` : "", !session.scenario);
    fill(this.options, free, scenarios.map((one) => this.option(one.name, one.name, one.description, one.name === chosen && !own)));
    this.narrow();
  }

  option(name, label, told, pressed) {
    const shown = [el("span", { class: "option-name" }, label), el("span", { class: "soft small cut" }, told)];
    const attributes = { class: "option", "aria-pressed": String(pressed), "data-name": `${label} ${told}`.toLowerCase() };
    return button(shown, () => this.choose(name), attributes);
  }

  narrow() {
    const text = this.search.value.toLowerCase();
    for (const node of this.options.children) node.hidden = Boolean(text) && !node.dataset.name.includes(text);
  }

  async choose(name) {
    const path = `sessions/${part(this.control.session)}/scenario`;
    const work = name ? put(path, { name }) : remove(path);
    await done(work, name ? `${name} answers in ${this.control.session}` : `Requests say again what answers in ${this.control.session}`);
    this.control.refresh();
  }
}
