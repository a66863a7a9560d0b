// Card: one part of the control panel. What it shows is made anew only when it has changed.

import { ApiProblem } from "./api.js";
import { el, fill, say } from "./dom.js";

export class Card {
  constructor(title, { told = "" } = {}) {
    this.body = el("div", { class: "card-body" });
    this.aside = el("span", { class: "card-aside soft small" });
    this.node = el(
      "section", { class: "card", "aria-label": title },
      el("header", { class: "card-head" }, el("h3", {}, title), this.aside), told ? el("p", { class: "soft small" }, told) : null, this.body,
    );
    this.shown = undefined;
  }

  // Draw `value`, unless it is what is there already.
  show(value, draw) {
    const shown = JSON.stringify(value);
    if (shown === this.shown) return false;
    this.shown = shown;
    fill(this.body, draw(value));
    return true;
  }
}

// Do something by the control API, and say what came of it.
export async function done(work, message) {
  try {
    const result = await work;
    if (message) say(message);
    return result;
  } catch (problem) {
    if (!(problem instanceof ApiProblem)) throw problem;
    say(problem.message, { bad: true });
    return null;
  }
}
