// Activity: what was done by the control API, by this page or by whom else.

import { Card } from "./card.js";
import { el } from "./dom.js";
import { line } from "./text.js";
import { clockTime } from "./words.js";

const SHOWN = 12;

export class ActivityCard {
  constructor() {
    this.card = new Card("What was done", { told: "All of it by the control API: by this page, a test, or a person with curl." });
    this.node = this.card.node;
  }

  show(activities) {
    const newest = activities.slice(-SHOWN).reverse();
    this.card.aside.textContent = newest.length ? "" : "nothing yet";
    this.card.show(newest, () => el("ol", { class: "activities" }, newest.map(rowOf)));
  }
}

function rowOf({ time, operation, detail, origin }) {
  return el(
    "li", { class: "small" },
    el("time", { class: "soft", datetime: time }, clockTime(time)), el("strong", {}, operation.replaceAll("_", " ")),
    el("code", { class: "cut soft" }, line(detail === "null" ? "" : detail, 200)), el("span", { class: "chip" }, line(origin, 30)),
  );
}
