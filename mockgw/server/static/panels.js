// Panels: what stands beside the list - an exchange, the control of a session, the scenarios.

import { Control } from "./control.js";
import { find } from "./dom.js";
import { ExchangeView } from "./exchange.js";
import { Scenarios } from "./scenarios.js";

const narrow = matchMedia("(max-width: 62rem)");

export class Panels {
  constructor(place, exchanges) {
    this.place = place;
    this.exchange = new ExchangeView(find("exchange"), place, exchanges);
    this.control = new Control(find("control"), place, exchanges);
    this.scenarios = new Scenarios(find("scenarios"), place);
    find("tabs").addEventListener("click", (event) => {
      const panel = event.target.closest("button")?.dataset.panel;
      if (panel) place.set({ panel });
    });
    narrow.addEventListener("change", () => this.follow());
  }

  // Beside a list that is always seen, there is something else.
  get shown() {
    const panel = this.place.get("panel");
    return panel === "traffic" && !narrow.matches ? "control" : panel;
  }

  follow() {
    document.body.dataset.shown = this.shown;
    for (const tab of find("tabs").children) {
      if (tab.dataset.panel === this.shown) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
    this.exchange.follow();
    this.control.show(this.shown === "control");
    this.scenarios.show(this.shown === "scenarios");
  }

  heard(entry) {
    this.exchange.heard(entry);
  }

  told(kind, data) {
    this.control.told(kind, data);
    this.scenarios.told(kind, data);
  }
}
