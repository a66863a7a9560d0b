// Totals: what all that is listed adds up to.

import { el, fill } from "./dom.js";
import { amount, dollars, inputOf, isError, isFaulted } from "./words.js";

export class Totals {
  constructor(node) {
    this.node = node;
    this.shown = "";
  }

  show(calls) {
    const sums = { calls: calls.length, errors: 0, faulted: 0, tokens: 0, cost: 0 };
    for (const { tries } of calls) {
      for (const entry of tries) {
        sums.errors += isError(entry) ? 1 : 0;
        sums.faulted += isFaulted(entry) ? 1 : 0;
        sums.tokens += inputOf(entry) + (entry.output_tokens || 0);
        sums.cost += Number(entry.cost || 0);
      }
    }
    const shown = JSON.stringify(sums);
    if (shown === this.shown) return;
    this.shown = shown;
    fill(
      this.node,
      total("calls", amount(sums.calls)), total("errors", amount(sums.errors), sums.errors ? "bad" : ""),
      total("faulted", amount(sums.faulted), sums.faulted ? "fault" : ""), total("tokens", amount(sums.tokens)),
      sums.cost ? total("spent", dollars(sums.cost)) : null,
    );
  }
}

function total(name, value, className = "") {
  return el("div", { class: className }, el("dt", {}, name), el("dd", {}, value));
}
