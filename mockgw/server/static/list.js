// List: a tree of any length, of which only the rows that are seen exist.

import { el } from "./dom.js";

const BEYOND = 6; // rows above and below what is seen

export class List {
  // `draw(node, row)` fills a row; `same(row)` is a text that changes when it has to be drawn again.
  constructor(node, { draw, same, chosen, toggled }) {
    Object.assign(this, { node, draw, same, chosen, toggled });
    this.rows = [];
    this.tops = new Float64Array(1);
    this.places = new Map();
    this.nodes = new Map();
    this.current = "";
    this.seen = 0; // pixels
    this.total = 0;
    this.space = el("div", { class: "space", role: "presentation" });
    node.append(this.space);
    node.addEventListener("scroll", () => this.paint(), { passive: true });
    node.addEventListener("click", (event) => this.clicked(event));
    new ResizeObserver(() => this.measure()).observe(node);
    this.measure();
  }

  // The heights of headings and of the other rows, as the style has them now.
  measure() {
    const probes = ["row", "row conversation"].map((name) => el("div", { class: name, "aria-hidden": "true" }));
    this.space.append(...probes);
    const [height, heading] = probes.map((probe) => probe.getBoundingClientRect().height);
    probes.forEach((probe) => probe.remove());
    if (!height) return;
    this.seen = this.node.clientHeight;
    if (height !== this.height || heading !== this.heading) this.redraw();
    Object.assign(this, { height, heading });
    this.show(this.rows);
  }

  redraw() {
    this.nodes.forEach(({ node }) => node.remove());
    this.nodes.clear();
  }

  // Show these rows. What is looked at stays where it is, unless the top is looked at.
  show(rows) {
    const top = this.node.scrollTop;
    const place = this.at(top);
    const anchor = top > 0 ? this.rows[place]?.key : undefined;
    const offset = top - (this.tops[place] || 0);
    this.place(rows);
    const moved = anchor === undefined ? undefined : this.places.get(anchor);
    const wanted = moved === undefined ? top : this.tops[moved] + offset;
    const total = this.tops[rows.length];
    if (total !== this.total) this.space.style.height = `${total}px`;
    this.total = total;
    if (wanted !== top) this.node.scrollTop = wanted;
    this.paint(Math.max(0, Math.min(wanted, total - this.seen)));
  }

  // Where each row begins.
  place(rows) {
    this.rows = rows;
    this.places = new Map();
    this.tops = new Float64Array(rows.length + 1);
    for (let index = 0; index < rows.length; index += 1) {
      this.places.set(rows[index].key, index);
      this.tops[index + 1] = this.tops[index] + (rows[index].entry ? this.height : this.heading);
    }
  }

  // The row at so many pixels from the top.
  at(top) {
    let low = 0;
    let high = this.rows.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.tops[middle] <= top) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  // Make the rows that are seen. To ask the browser where it is would make it lay out everything first.
  paint(top = this.node.scrollTop) {
    if (!this.height) return;
    const first = Math.max(0, this.at(top) - BEYOND);
    const last = Math.min(this.rows.length, this.at(top + this.seen) + 1 + BEYOND);
    const seen = new Set(); // their keys
    let before = null;
    for (let place = first; place < last; place += 1) {
      seen.add(this.rows[place].key);
      before = this.put(this.rows[place], place, before);
    }
    for (const [key, { node }] of this.nodes) {
      if (seen.has(key)) continue;
      node.remove();
      this.nodes.delete(key);
    }
  }

  // A row where it belongs, and behind the one before it for who reads on.
  put(row, place, before) {
    let known = this.nodes.get(row.key);
    if (!known) {
      known = { node: el("div", { role: "treeitem", id: `row-${row.key}`, "data-key": row.key }), same: undefined };
      this.nodes.set(row.key, known);
    }
    const same = `${this.same(row)}|${row.key === this.current}`;
    if (known.same !== same) {
      known.same = same;
      this.draw(known.node, row);
      known.node.setAttribute("aria-level", row.level);
      known.node.setAttribute("aria-selected", String(row.key === this.current));
      if (row.open !== undefined) known.node.setAttribute("aria-expanded", String(row.open));
      else known.node.removeAttribute("aria-expanded");
    }
    if (known.top !== this.tops[place]) {
      known.top = this.tops[place];
      known.node.style.transform = `translateY(${known.top}px)`;
    }
    if (known.node.parentNode !== this.space || known.node.previousSibling !== before) {
      if (before) before.after(known.node);
      else this.space.prepend(known.node);
    }
    return known.node;
  }

  get row() {
    return this.rows[this.places.get(this.current)];
  }

  select(key, { reveal = true } = {}) {
    this.current = key;
    const place = this.places.get(key);
    if (reveal && place !== undefined) this.reveal(place);
    this.paint();
    if (place === undefined) this.node.removeAttribute("aria-activedescendant");
    else this.node.setAttribute("aria-activedescendant", `row-${key}`);
  }

  reveal(place) {
    const [top, bottom] = [this.tops[place], this.tops[place + 1]];
    if (top < this.node.scrollTop) this.node.scrollTop = top;
    else if (bottom > this.node.scrollTop + this.seen) this.node.scrollTop = bottom - this.seen;
  }

  // So many rows down, or up.
  move(by) {
    if (!this.rows.length) return;
    const place = this.places.get(this.current);
    const next = place === undefined ? 0 : Math.min(Math.max(place + by, 0), this.rows.length - 1);
    this.select(this.rows[next].key);
  }

  clicked(event) {
    const node = event.target.closest("[data-key]");
    const row = node && this.rows[this.places.get(node.dataset.key)];
    if (!row) return;
    this.select(row.key, { reveal: false });
    if (event.target.closest(".fold") || !row.entry) this.toggled(row);
    else this.chosen(row);
  }
}
