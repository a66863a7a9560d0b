// Control: what one session is told - its scenario, faults, pace, money and clock - by the public control API.

import { ActivityCard } from "./activity.js";
import { ApiProblem, ask, part, post, query } from "./api.js";
import { done } from "./card.js";
import { Choice } from "./choice.js";
import { Clocks } from "./clocks.js";
import { button, el, fill, sureButton } from "./dom.js";
import { FaultsCard } from "./faults.js";
import { Gauges } from "./gauges.js";
import { TimingCard } from "./timing.js";
import { counted } from "./words.js";

const OFTEN = 1000; // milliseconds between two looks at gauges
const SOON = 300;
const USUAL = "default"; // the session of who names none

export class Control {
  constructor(node, place, exchanges) {
    Object.assign(this, { node, place, exchanges });
    this.labels = new Map(); // what the person called what is armed
    this.visible = false;
    this.select = el("select", { id: "of", on: { change: () => this.place.set({ of: this.select.value }) } });
    this.facts = el("span", { class: "soft small" });
    this.cards = { faults: new FaultsCard(this), timing: new TimingCard(this), choice: new Choice(this), gauges: new Gauges(this), clock: new Clocks(this), activity: new ActivityCard() };
    const forget = sureButton("Reset", "Forget all of it?", () => this.reset());
    const head = el(
      "header", { class: "panel-head" },
      el("label", { for: "of" }, "Session"), this.select, this.facts, el("span", { class: "spring" }), button("New", () => this.make()), forget,
    );
    fill(node, el("h2", { class: "hidden" }, "Control"), head, el("div", { class: "cards" }, Object.values(this.cards).map((card) => card.node)));
    setInterval(() => this.visible && this.cards.gauges.used && this.refresh(), OFTEN);
  }

  get session() {
    return this.place.get("of");
  }

  show(visible) {
    const turned = visible && (!this.visible || this.shown !== this.session);
    this.visible = visible;
    if (!turned) return;
    this.shown = this.session;
    this.refresh();
  }

  told(kind, data) {
    if (!this.visible || this.timer) return;
    if (kind === "activity" && data.session && data.session !== this.session && data.operation !== "create_session") return;
    this.timer = setTimeout(() => { this.timer = 0; this.refresh(); }, SOON);
  }

  // Look at the session again. Where the server is away, the bar says so.
  async refresh() {
    if (!this.visible) return;
    try {
      await this.look();
    } catch (problem) {
      if (!(problem instanceof ApiProblem || problem instanceof TypeError)) throw problem;
    }
  }

  async look() {
    const session = this.session;
    const [{ sessions }, { scenarios }] = await Promise.all([ask("sessions"), ask("scenarios")]);
    if (session !== USUAL && !sessions.some((one) => one.name === session)) return this.place.set({ of: USUAL });
    const found = sessions.find((one) => one.name === session) ?? await ask(`sessions/${part(USUAL)}`);
    this.offer([...new Set([USUAL, ...sessions.map((one) => one.name)])].sort());
    const path = `sessions/${part(session)}`;
    const asked = [`${path}/gateway`, `${path}/timing`, `journal/activity${query({ session })}`];
    const [{ gateways }, timing, { activities }] = await Promise.all(asked.map((one) => ask(one)));
    if (session !== this.session) return undefined;
    this.facts.textContent = `${counted(found.requests, "request")}${found.overrides.length ? `, ${counted(found.overrides.length, "override")}` : ""}`;
    this.cards.choice.show(found, scenarios);
    this.cards.faults.show(found.faults);
    this.cards.timing.show(timing);
    this.cards.gauges.show(gateways);
    this.cards.clock.show(found.clock);
    return this.cards.activity.show(activities);
  }

  offer(names) {
    const shown = names.join("\n");
    if (shown !== this.offered) {
      this.offered = shown;
      fill(this.select, names.map((name) => el("option", { value: name }, name)));
    }
    if (this.select.value !== this.session) this.select.value = this.session;
  }

  async reset() {
    await done(post(`sessions/${part(this.session)}/reset`), `${this.session} is as if it were new`);
    this.refresh();
  }

  async make() {
    const made = await done(post("sessions", {}));
    if (made) this.place.set({ of: made.name });
  }
}
