// Gauges: money, limits and windows of each key, seen draining and refilling; and providers, switched down and up.

import { part, post, put } from "./api.js";
import { Card, done } from "./card.js";
import { button, el, fill } from "./dom.js";
import { amount, counted, dollars, span } from "./words.js";

const SUMS = [1, 10];

export class Gauges {
  constructor(control) {
    this.control = control;
    this.card = new Card("Money, limits, providers");
    this.node = this.card.node;
    this.bars = new Map();
  }

  // `used` tells whether there is something to see, so that it is worth asking again soon.
  show(gateways) {
    const used = gateways.map((one) => ({ ...one, keys: one.keys.map((key, index) => ({ ...key, place: `#${index + 1}` })).filter((key) => key.uses > 0) }));
    const seen = used.filter((one) => one.keys.length || one.providers.length);
    this.used = seen.length > 0;
    this.card.aside.textContent = this.used ? "" : gateways.length ? "no key has been used yet" : "no scenario here has a gateway";
    this.node.classList.toggle("empty", !this.used);
    const shape = JSON.stringify([this.control.session, seen.map((one) => [one.scenarios, one.keys.map(shapeOf), one.providers.map((provider) => provider.provider)])]);
    if (shape !== this.shape) {
      this.shape = shape;
      this.bars.clear();
      fill(this.card.body, seen.map((one) => this.gateway(one)));
    }
    for (const gateway of seen) {
      gateway.keys.forEach((key, index) => this.level(gateway, key, index));
      gateway.providers.forEach((provider) => this.stand(gateway, provider));
    }
  }

  gateway(gateway) {
    return el(
      "div", { class: "gateway" },
      el("p", { class: "small soft cut" }, `scenario ${gateway.scenarios.join(", ")}`),
      gateway.keys.map((key, index) => this.key(gateway, key, index)),
      gateway.providers.length ? el("ul", { class: "providers", "aria-label": "Providers" }, gateway.providers.map((one) => this.provider(gateway, one))) : null,
    );
  }

  provider(gateway, { provider }) {
    const name = `${gateway.scenarios[0]}:provider:${provider}`;
    const [chip, told] = [el("span", { class: "chip" }), el("span", { class: "soft small number" })];
    const toggle = button("", () => this.turn(gateway, provider), { "data-provider": provider });
    this.bars.set(name, { chip, told, toggle });
    return el("li", { class: "provider" }, el("strong", { class: "cut" }, provider), chip, told, toggle);
  }

  // How a provider stands: its state, and for how long.
  stand(gateway, provider) {
    const { chip, told, toggle } = this.bars.get(`${gateway.scenarios[0]}:provider:${provider.provider}`);
    const isUp = provider.state === "up";
    const ends = [provider.ends_in === null ? null : `for ${span(provider.ends_in)}`, provider.left === null ? null : `for ${counted(provider.left, "try").replace("trys", "tries")}`];
    chip.className = `chip ${isUp ? "good" : "bad"}`;
    chip.textContent = [provider.status ?? provider.state, ...ends].filter(Boolean).join(" ");
    told.textContent = `tried ${provider.tried}, served ${provider.served}`;
    toggle.textContent = isUp ? "Take down" : "Bring up";
    toggle.setAttribute("aria-label", `${toggle.textContent}: ${provider.provider}`);
    toggle.dataset.state = provider.state;
  }

  async turn(gateway, provider) {
    const { toggle } = this.bars.get(`${gateway.scenarios[0]}:provider:${provider}`);
    const state = toggle.dataset.state === "up" ? "down" : "up";
    const path = `sessions/${part(this.control.session)}/gateway/providers/${part(provider)}`;
    await done(put(path, { state, scenario: gateway.scenarios[0] }), `${provider} is ${state}`);
    this.control.refresh();
  }

  key(gateway, key, index) {
    const name = `${gateway.scenarios[0]}:${index}`;
    const bars = [];
    if (key.balance) bars.push(this.money(gateway, key, name));
    key.limits.forEach((limits) => limits.buckets.forEach((bucket) => bars.push(this.bar(`${name}:${limits.models}:${bucket.name}`, `${limits.models} ${bucket.name.replace("_", " ")}`))));
    key.windows.forEach((window) => bars.push(this.bar(`${name}:${window.name}`, window.name.replace("_", " "))));
    const refill = key.limits.length || key.windows.length ? button("Refill limits", () => this.refill(gateway, key)) : null;
    return el(
      "div", { class: "key" },
      el("p", { class: "key-head" }, el("code", {}, `key ${key.key}`), key.state === "active" ? null : el("span", { class: "chip warn" }, key.state), refill),
      bars,
    );
  }

  money(gateway, key, name) {
    const value = el("strong", { class: "balance" });
    const held = el("span", { class: "soft small" });
    this.bars.set(`${name}:balance`, { value, held });
    const top = SUMS.map((sum) => button(`+ $${sum}`, () => this.credit(gateway, key, { add: sum }), { "aria-label": `+ $${sum} for this key` }));
    return el("div", { class: "money" }, value, held, top, button("Empty", () => this.credit(gateway, key, { balance: 0 })));
  }

  bar(name, label) {
    const fillNode = el("span", { class: "gauge-fill" });
    const gauge = el("span", { class: "gauge", role: "meter", "aria-label": label, "aria-valuemin": 0, "aria-valuenow": 0 }, fillNode);
    const told = el("span", { class: "soft small number" });
    this.bars.set(name, { gauge, fill: fillNode, told });
    return el("div", { class: "limit" }, el("span", { class: "small" }, label), gauge, told);
  }

  level(gateway, key, index) {
    const name = `${gateway.scenarios[0]}:${index}`;
    if (key.balance) {
      const { value, held } = this.bars.get(`${name}:balance`);
      value.textContent = dollars(key.balance.amount);
      held.textContent = Number(key.balance.reserved) ? `${dollars(key.balance.reserved)} reserved` : "";
    }
    for (const limits of key.limits) {
      for (const bucket of limits.buckets) {
        const until = bucket.full_in > 0 ? `, full in ${span(bucket.full_in)}` : "";
        this.set(`${name}:${limits.models}:${bucket.name}`, bucket.left, bucket.limit, `${amount(Math.floor(bucket.left))} of ${amount(bucket.limit)}${until}`);
      }
    }
    for (const window of key.windows) {
      const left = Math.max(0, window.tokens - window.used);
      this.set(`${name}:${window.name}`, left, window.tokens, `${amount(left)} of ${amount(window.tokens)}, ends in ${span(window.ends_in)}`);
    }
  }

  set(name, left, limit, told) {
    const bar = this.bars.get(name);
    const share = limit ? Math.max(0, Math.min(1, left / limit)) : 0;
    bar.fill.style.transform = `scaleX(${share})`;
    bar.gauge.dataset.level = share < 0.1 ? "bad" : share < 0.4 ? "warn" : "good";
    bar.gauge.setAttribute("aria-valuemax", limit);
    bar.gauge.setAttribute("aria-valuenow", Math.floor(left));
    bar.gauge.setAttribute("aria-valuetext", told);
    bar.told.textContent = told;
  }

  async credit(gateway, key, change) {
    await done(post(`sessions/${part(this.control.session)}/gateway/credits`, { key: key.place, scenario: gateway.scenarios[0], ...change }), "The balance is another one now");
    this.control.refresh();
  }

  async refill(gateway, key) {
    await done(post(`sessions/${part(this.control.session)}/gateway/refill`, { key: key.place, scenario: gateway.scenarios[0] }), "The limits are full again");
    this.control.refresh();
  }
}

function shapeOf(key) {
  return [key.key, key.state, Boolean(key.balance), key.limits.map((one) => [one.models, one.buckets.map((bucket) => bucket.name)]), key.windows.map((one) => one.name)];
}
