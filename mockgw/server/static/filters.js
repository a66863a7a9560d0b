// Filters: which exchanges are listed; they stay while more come.

import { ask, query } from "./api.js";
import { button, el, fill, find } from "./dom.js";
import { isError, isFaulted, isUnmatched } from "./words.js";

const ONLY = { errors: ["Errors", isError], unmatched: ["Unmatched", isUnmatched], faulted: ["Faulted", isFaulted] };
const PATIENCE = 250; // milliseconds after the last key, and between two searches

export class Filters {
  // `changed()` when another set of exchanges fits.
  constructor(place, changed) {
    this.place = place;
    this.changed = changed;
    this.found = new Set(); // numbers of exchanges in whose request the server has found the text
    this.searched = "";
    this.since = 0;
    this.timer = 0;
    this.chips = Object.fromEntries(Object.entries(ONLY).map(([name, [label]]) => [name, button(label, () => this.toggle(name))]));
    fill(find("chips"), Object.values(this.chips));
    find("search").addEventListener("input", () => this.place.set({ q: find("search").value }));
    find("session").addEventListener("change", () => this.place.set({ session: find("session").value }));
    find("filters").addEventListener("submit", (event) => event.preventDefault());
    place.watch(() => this.show());
    this.show();
  }

  get only() {
    return this.place.get("only").split(",").filter((name) => name in ONLY);
  }

  get isOn() {
    return Boolean(this.place.get("q") || this.only.length || this.place.get("session"));
  }

  toggle(name) {
    const only = this.only.includes(name) ? this.only.filter((one) => one !== name) : [...this.only, name];
    this.place.set({ only: only.join(",") });
  }

  show() {
    const { q, session } = this.place.values;
    if (find("search").value !== q) find("search").value = q;
    for (const [name, node] of Object.entries(this.chips)) node.setAttribute("aria-pressed", String(this.only.includes(name)));
    if (find("session").value !== session) this.offer(this.offered || []);
    if (q !== this.searched) this.restart(q);
    this.changed();
  }

  offer(names) {
    const wanted = this.place.get("session");
    const all = [...new Set([...names, ...(wanted ? [wanted] : [])])].sort();
    this.offered = names;
    const select = find("session");
    const shown = all.join("\n");
    if (select.dataset.shown !== shown) {
      fill(select, el("option", { value: "" }, "All sessions"), all.map((name) => el("option", { value: name }, name)));
      select.dataset.shown = shown;
    }
    select.value = wanted;
  }

  // Whether an exchange fits all that is asked.
  get fits() {
    const { q, session } = this.place.values;
    const only = this.only.map((name) => ONLY[name][1]);
    const text = q.toLowerCase();
    return (entry) =>
      (!session || entry.session === session) &&
      only.every((holds) => holds(entry)) &&
      (!text || this.found.has(entry.number) || mentions(entry, text));
  }

  restart(q) {
    this.searched = q;
    this.found = new Set();
    this.since = 0;
    clearTimeout(this.timer);
    this.timer = 0;
    this.search();
  }

  // More has come, or the text is another: ask the server in whose request it stands.
  search() {
    if (!this.searched || this.timer) return;
    this.timer = setTimeout(() => this.ask(), PATIENCE);
  }

  async ask() {
    const text = this.searched;
    try {
      const answer = await ask(`journal${query({ text, since: this.since || "", limit: 10000 })}`);
      if (text !== this.searched) return;
      this.since = answer.last;
      answer.exchanges.forEach((entry) => this.found.add(entry.number));
      if (answer.exchanges.length) this.changed();
    } catch {
      // what is known here is searched all the same
    } finally {
      if (text === this.searched) this.timer = 0;
    }
  }

  // The same in the words of the control API, for the export.
  get asked() {
    const { q, session } = this.place.values;
    const only = Object.fromEntries(this.only.map((name) => [name, "true"]));
    return query({ text: q, session, ...only });
  }
}

function mentions(entry, text) {
  const texts = [entry.prompt, entry.message, entry.path, entry.scenario, entry.rule, entry.model, entry.request_id, entry.answer];
  return texts.some((one) => one && one.toLowerCase().includes(text));
}
