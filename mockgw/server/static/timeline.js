// Timeline: every event of an answer at its moment, planned and real, drawn; and its replay at real speed.

import { button, el, fill, svg } from "./dom.js";
import { icon } from "./icons.js";
import { line, nodes } from "./text.js";
import { bytes, counted, seconds } from "./words.js";

const WIDTH = 1000;
const LANES = { planned: 22, real: 52 };
const HEIGHT = 96;
const TALL = 20;
const ROWS = 200; // of the table, before somebody wants all
const ENDS = { whole: "whole", closed: "closed early", reset: "reset", left: "the client left", stopped: "the server stopped" };
const SPEEDS = [["1×", 1], ["½×", 0.5], ["4×", 4]];

export class Timeline {
  // `stream` is what told.js makes of a timeline.
  constructor(stream) {
    this.stream = stream;
    this.length = stream.length;
    this.caption = el("p", { class: "caption small soft", role: "status" }, "Point at the timeline for its events.");
    this.head = svg("line", { class: "playhead", y1: 16, y2: 78, x1: 0, x2: 0 });
    this.out = el("div", { class: "said replayed", "aria-live": "off" });
    this.node = el(
      "div", { class: "timeline" }, this.controls(), this.drawing(), this.struck(), this.caption, this.legend(), this.out, this.table(),
    );
  }

  x(moment) {
    return (moment / this.length) * WIDTH;
  }

  share(moment) {
    return `${(moment / this.length) * 100}%`;
  }

  drawing() {
    const ticks = svg("svg", { class: "ticks", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" }, this.paths(), this.head);
    const marks = svg("svg", { class: "marks", "aria-hidden": "true" }, this.axis(), this.gaps(), this.strikes(), this.end());
    const lanes = ["planned", "real"].map((name) => el("span", { class: `lane ${name}` }, name));
    const node = el("div", { class: "drawing", role: "img", "aria-label": this.told }, ticks, marks, lanes);
    node.addEventListener("pointermove", (event) => this.point(event));
    return node;
  }

  get told() {
    const late = this.stream.events.reduce((most, one) => Math.max(most, lateOf(one) || 0), 0);
    return `${this.stream.events.length} events in ${seconds(this.length)}, at most ${seconds(late)} late`;
  }

  // One path for each kind of events in each lane, however many there are.
  paths() {
    const paths = new Map();
    for (const event of this.stream.events) {
      for (const lane of ["planned", "real"]) {
        if (event[lane] === null || event[lane] === undefined) continue;
        const key = `${lane} ${event.kind}`;
        const x = this.x(event[lane]).toFixed(2);
        paths.set(key, `${paths.get(key) || ""}M${x} ${LANES[lane]}v${TALL}`);
      }
    }
    return [...paths].map(([key, d]) => svg("path", { class: key, d }));
  }

  axis() {
    const step = stepOf(this.length);
    const found = [];
    for (let moment = 0; moment <= this.length * 1.0001; moment += step) {
      const x = this.share(moment);
      found.push(svg("line", { class: "axis", x1: x, x2: x, y1: 18, y2: 78 }));
      found.push(svg("text", { class: "axis", x, y: 94, "text-anchor": moment === 0 ? "start" : moment > this.length * 0.95 ? "end" : "middle" }, shortly(moment)));
    }
    return found;
  }

  gaps() {
    return this.stream.silences.map(({ from, to }) => {
      const rect = svg("rect", { x: this.share(from), width: this.share(to - from), y: 18, height: 60, rx: 3 });
      const label = svg("text", { "text-anchor": "middle" }, seconds(to - from));
      return svg("g", { class: "gap" }, rect, svg("svg", { x: this.share((from + to) / 2), y: 51, overflow: "visible" }, label));
    });
  }

  strikes() {
    return this.stream.strikes.map(({ at, label }) => {
      const x = this.share(at);
      const end = at > this.length * 0.7;
      const text = svg("text", { x: end ? -9 : 9, y: 6, "text-anchor": end ? "end" : "start" }, label);
      const bolt = svg("path", { d: "M2 -3-5 6h4l-1.500 7L5 3H1Z" });
      return svg("g", { class: "strike" }, svg("line", { x1: x, x2: x, y1: 6, y2: 80 }), svg("svg", { x, y: 5, overflow: "visible" }, bolt, text));
    });
  }

  // The same in words, for where there is no room to draw them.
  struck() {
    if (!this.stream.strikes.length) return null;
    return el("p", { class: "struck-list" }, this.stream.strikes.map(({ at, label }) => el("span", { class: "chip fault" }, icon("fault"), `${label} at ${seconds(at)}`)));
  }

  end() {
    const { end } = this.stream;
    if (!end || end.real === null) return null;
    return svg("line", { class: `ended ${end.name}`, x1: this.share(end.real), x2: this.share(end.real), y1: LANES.real - 3, y2: LANES.real + TALL + 3 });
  }

  point(event) {
    const box = event.currentTarget.getBoundingClientRect();
    const moment = ((event.clientX - box.left) / box.width) * this.length;
    const lane = event.clientY - box.top < 48 ? "planned" : "real";
    let best = null;
    for (const one of this.stream.events) {
      if (one[lane] === null) continue;
      if (best === null || Math.abs(one[lane] - moment) < Math.abs(best[lane] - moment)) best = one;
    }
    if (best) this.caption.textContent = this.captionOf(best);
  }

  captionOf(event) {
    const text = event.text ? ` “${line(event.text, 80)}”` : "";
    const planned = event.planned === null ? "not planned" : `planned at ${seconds(event.planned)}`;
    const real = event.real === null ? "never left" : `left at ${seconds(event.real)}`;
    return `${event.number}. ${event.name}${text}: ${planned}, ${real}, ${bytes(event.size_bytes)}`;
  }

  legend() {
    const kinds = new Set(this.stream.events.map((event) => event.kind));
    const names = { head: "head", event: "events", delta: "deltas", ping: "pings", bytes: "bytes", error: "error" };
    const shown = Object.entries(names).filter(([kind]) => kinds.has(kind)).map(([kind, name]) => el("li", { class: kind }, name));
    if (this.stream.silences.length) shown.push(el("li", { class: "gap" }, "silence"));
    if (this.stream.strikes.length) shown.push(el("li", { class: "fault" }, "fault"));
    return el("ul", { class: "legend small" }, shown);
  }

  controls() {
    this.play = button("Replay", () => (this.playing ? this.stop() : this.start()), { class: "main" });
    this.speed = el("select", { "aria-label": "Speed of the replay" }, SPEEDS.map(([name, value]) => el("option", { value }, name)));
    const { events, end, left_out: rest } = this.stream;
    const told = [
      counted(events.length, "event"), end?.real !== undefined && end.real !== null ? `${ENDS[end.name] || "ended"} after ${seconds(end.real)}` : "under way",
      rest ? `${counted(rest, "event")} more are not shown` : "",
    ].filter(Boolean).join(", ");
    return el("div", { class: "timeline-head" }, this.play, this.speed, el("span", { class: "soft small" }, told));
  }

  // Show again what the client saw, when it saw it.
  start() {
    this.playing = true;
    this.play.textContent = "Stop";
    fill(this.out);
    const came = this.stream.events.filter((event) => event.real !== null);
    const began = performance.now();
    let next = 0;
    const step = () => {
      if (!this.playing || !this.node.isConnected) return;
      const moment = ((performance.now() - began) / 1000) * Number(this.speed.value);
      this.at(Math.min(moment, this.length));
      for (; next < came.length && came[next].real <= moment; next += 1) {
        if (came[next].kind === "delta") this.out.append(...nodes(came[next].text));
        this.caption.textContent = this.captionOf(came[next]);
      }
      if (moment >= this.length) this.stop();
      else requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  stop() {
    this.playing = false;
    this.play.textContent = "Replay";
  }

  at(moment) {
    const x = this.x(moment);
    this.head.setAttribute("x1", x);
    this.head.setAttribute("x2", x);
    this.head.classList.add("seen");
  }

  table() {
    const names = ["#", "Event", "Text", "Planned", "Real", "Late", "Size"];
    const body = el("tbody", {}, this.stream.events.slice(0, ROWS).map(rowOf));
    const rest = this.stream.events.length - ROWS;
    const more = rest > 0 ? button(`Show ${rest} more`, () => { body.append(...this.stream.events.slice(ROWS).map(rowOf)); more.remove(); }, { class: "more" }) : null;
    return el(
      "div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Events" },
      el("table", { class: "events" }, el("thead", {}, el("tr", {}, names.map((name) => el("th", { scope: "col" }, name)))), body), more,
    );
  }
}

const lateOf = (event) => (event.real === null || event.planned === null ? null : event.real - event.planned);

function rowOf(event) {
  const late = lateOf(event);
  return el(
    "tr", { class: event.kind },
    el("td", { class: "number" }, event.number), el("td", {}, event.name),
    el("td", {}, el("span", { class: "cut" }, line(event.text || "", 120))),
    el("td", { class: "number" }, seconds(event.planned)), el("td", { class: "number" }, event.real === null ? "never" : seconds(event.real)),
    el("td", { class: "number" }, late === null ? "–" : late > 0.0005 ? `+${seconds(late)}` : "–"), el("td", { class: "number" }, bytes(event.size_bytes)),
  );
}

// A round moment of the axis.
const shortly = (moment) => (moment >= 1 || moment === 0 ? `${+moment.toFixed(2)} s` : `${Math.round(moment * 1000)} ms`);

function stepOf(length) {
  const rough = length / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough);
}
