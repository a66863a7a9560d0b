// The console: the parts of the page, put together.

import { ask, call, query, remove } from "./api.js";
import { el, find, say, sureButton } from "./dom.js";
import { Exchanges } from "./exchanges.js";
import { Feed } from "./feed.js";
import { Filters } from "./filters.js";
import * as keys from "./keys.js";
import { List } from "./list.js";
import { Panels } from "./panels.js";
import { Place } from "./place.js";
import { columns, drawRow, sameRow } from "./row.js";
import { Rows } from "./rows.js";
import * as theme from "./theme.js";
import { Totals } from "./totals.js";
import { welcome } from "./welcome.js";
import { counted } from "./words.js";

const PAGE = 250; // exchanges that are loaded at once
const BREATH = 20; // milliseconds between two of these
const GAP = 200; // milliseconds between two drawings of the list
const GONE = ["session.reset", "session.ended"];

class Console {
  constructor() {
    this.exchanges = new Exchanges();
    this.rows = new Rows();
    this.place = new Place();
    this.paused = false;
    this.drawn = 0;
    this.due = 0;
    this.totals = new Totals(find("totals"));
    this.list = new List(find("list"), {
      draw: drawRow, same: sameRow, chosen: (row) => this.open(row), toggled: (row) => this.toggle(row),
    });
    this.panels = new Panels(this.place, this.exchanges);
    this.filters = new Filters(this.place, () => this.redraw());
    columns(find("columns"));
    this.place.watch(() => this.follow());
    this.listen();
  }

  listen() {
    find("group").addEventListener("click", () => this.group());
    find("pause").addEventListener("click", () => this.pause());
    find("export").addEventListener("click", () => this.export());
    const clear = sureButton("Clear", () => `Forget ${counted(this.exchanges.all.length, "exchange")}?`, () => this.clear(), {
      class: "quiet", id: "clear", title: "Forget the exchanges",
    });
    find("clear").replaceWith(clear);
    keys.listen({
      "/": () => find("search").focus(), j: () => this.move(1), k: () => this.move(-1),
      ArrowDown: () => this.move(1), ArrowUp: () => this.move(-1), Enter: () => this.enter(),
      ArrowRight: () => this.unfold(true), ArrowLeft: () => this.unfold(false), Escape: () => this.close(),
      1: () => this.place.set({ panel: "exchange" }), 2: () => this.place.set({ panel: "control" }),
      3: () => this.place.set({ panel: "scenarios" }), e: () => this.filters.toggle("errors"), g: () => this.group(),
      p: () => this.pause(), b: theme.present, t: theme.switchTheme, "?": keys.help,
    });
    this.feed = new Feed({ heard: (kind, data) => this.heard(kind, data), state: (name) => this.state(name) });
  }

  async start() {
    this.follow();
    this.feed.run();
    const ready = await ask("ready").catch(() => ({}));
    welcome(find("welcome"), ready.chosen);
    this.draw();
  }

  state(name) {
    if (name === "live" && this.connected !== true) this.load();
    this.connected = name === "live";
    const live = find("live");
    live.dataset.state = this.connected && this.paused ? "paused" : name;
    live.textContent = { live: this.paused ? "paused" : "live", lost: "no connection; trying again" }[name] || name;
  }

  // All that the journal has, the newest first, a part at a time.
  async load({ anew = true } = {}) {
    try {
      if (anew) this.exchanges.clear();
      await this.pages(anew);
    } catch (problem) {
      say(problem.message, { bad: true });
    }
  }

  async pages(anew) {
    let before = "";
    for (;;) {
      const { exchanges } = await ask(`journal${query({ limit: PAGE, before })}`);
      const known = exchanges.length > 0 && this.exchanges.knows(exchanges[0].number);
      exchanges.forEach((entry) => this.exchanges.put(entry));
      this.loaded = true;
      this.redraw();
      if (exchanges.length < PAGE || (known && !anew)) return;
      before = exchanges[0].number;
      await new Promise((done) => setTimeout(done, BREATH));
    }
  }

  heard(kind, data) {
    if (kind === "exchanges") this.came(data);
    else if (GONE.includes(kind)) this.exchanges.forget(data.session);
    else if (kind === "activity" && data.operation === "clear") this.load();
    this.panels.told(kind, data);
    this.redraw();
  }

  came({ exchanges, left_out: rest }) {
    for (const entry of exchanges) {
      this.exchanges.put(entry);
      this.panels.heard(entry);
    }
    this.filters.search();
    if (rest) this.load({ anew: false });
  }

  // Soon, and not too often.
  redraw() {
    if (this.due) return;
    const wait = Math.max(0, this.drawn + GAP - performance.now());
    this.due = setTimeout(() => requestAnimationFrame(() => {
      this.due = 0;
      this.draw();
    }), wait);
  }

  draw() {
    this.drawn = performance.now();
    const all = this.exchanges.inOrder();
    if (this.paused) {
      this.notice(`Paused; ${counted(this.exchanges.newest - this.held, "exchange")} since.`);
      return;
    }
    this.filters.offer(this.exchanges.sessions);
    const { rows, calls } = this.rows.build(all, { fits: this.filters.fits, grouped: this.place.get("group") === "yes" });
    this.list.show(rows);
    if (!this.list.current) this.mark();
    this.totals.show(calls);
    this.notice(this.filters.isOn ? `${counted(calls.length, "call")} of ${counted(all.length, "exchange")} fit.` : "");
    const empty = all.length === 0 && this.loaded;
    find("welcome").hidden = !empty;
    find("list").hidden = find("columns").hidden = empty;
  }

  // The row of the exchange that was opened by a link.
  mark() {
    const entry = this.exchanges.find(this.place.get("open"));
    if (entry) this.list.select(entry.callKey, { reveal: false });
  }

  notice(text) {
    if (find("notice").textContent !== text) find("notice").textContent = text;
    find("notice").hidden = !text;
  }

  // The place in the address has changed.
  follow() {
    find("group").setAttribute("aria-pressed", String(this.place.get("group") === "yes"));
    this.panels.follow();
    this.redraw();
  }

  open(row) {
    if (!row.entry) return this.toggle(row);
    return this.place.set({ open: row.entry.request_id, panel: "exchange" });
  }

  // Another row, whatever had the focus before: Enter opens it then.
  move(by) {
    find("list").focus({ preventScroll: true });
    this.list.move(by);
  }

  enter() {
    const row = this.list.row;
    if (row) this.open(row);
  }

  close() {
    const panel = matchMedia("(max-width: 62rem)").matches ? "traffic" : "control";
    this.place.set({ panel });
    find("list").focus();
  }

  toggle(row) {
    this.rows.toggle(row);
    this.draw();
  }

  unfold(open) {
    const row = this.list.row;
    if (!row) return;
    this.rows.toggle(row, open);
    this.draw();
  }

  group() {
    this.place.set({ group: this.place.get("group") === "yes" ? "no" : "yes" });
  }

  pause() {
    this.paused = !this.paused;
    this.held = this.exchanges.newest;
    find("pause").setAttribute("aria-pressed", String(this.paused));
    find("pause").textContent = this.paused ? "Go on" : "Pause";
    this.state(this.connected ? "live" : "lost");
    this.draw();
  }

  async clear() {
    await remove(`journal${query({ session: this.place.get("session") })}`);
    if (this.place.get("session")) this.exchanges.forget(this.place.get("session"));
    else this.exchanges.clear();
    this.place.set({ open: "" });
    this.draw();
    say("Forgotten");
  }

  async export() {
    const asked = this.filters.asked;
    const answer = await call(`journal${asked ? `${asked}&` : "?"}format=jsonl`);
    const link = el("a", { href: URL.createObjectURL(await answer.blob()), download: "journal.jsonl" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
}

theme.start();
const page = new Console();
page.start();
