// JSON: a value as a tree that is unfolded where somebody looks.

import { button, el } from "./dom.js";
import { nodes, said } from "./text.js";

const OPEN = 3; // levels that are unfolded at first
const MANY = 100; // entries that are shown at once
const LONG = 600;

export function tree(value, depth = 0, key = null) {
  const name = key === null ? null : [el("span", { class: "json-key said" }, nodes(typeof key === "number" ? String(key) : `${key}:`)), " "];
  const entries = entriesOf(value);
  if (entries.length) return branch(value, entries, depth, name);
  return el("div", { class: "json-entry" }, name, leaf(value));
}

function entriesOf(value) {
  if (value === null || typeof value !== "object") return [];
  return Array.isArray(value) ? value.map((one, index) => [index, one]) : Object.entries(value);
}

function branch(value, entries, depth, name) {
  const [left, right] = Array.isArray(value) ? "[]" : "{}";
  const count = el("span", { class: "json-mark" }, `${left}${entries.length}${right}`);
  const node = el("details", { class: "json" }, el("summary", {}, name, count, el("span", { class: "soft cut" }, hint(value))));
  const unfold = () => {
    if (node.childElementCount === 1) node.append(list(entries, 0, depth));
  };
  node.addEventListener("toggle", () => node.open && unfold());
  if (depth < OPEN && entries.length <= 40) {
    node.open = true;
    unfold();
  }
  return node;
}

function list(entries, from, depth) {
  const node = el("div", { class: "json-entries" }, entries.slice(from, from + MANY).map(([key, one]) => tree(one, depth + 1, key)));
  const rest = entries.length - from - MANY;
  if (rest > 0) node.append(button(`${rest} more`, (event) => event.target.replaceWith(list(entries, from + MANY, depth)), { class: "more" }));
  return node;
}

function leaf(value) {
  if (typeof value === "string") return said(value, { shown: LONG, tag: "span", className: "json-text" });
  if (value !== null && typeof value === "object") return el("span", { class: "json-mark" }, Array.isArray(value) ? "[]" : "{}");
  return el("span", { class: "json-value" }, String(value));
}

// What a folded branch is about.
function hint(value) {
  const named = value.type || value.role || value.name;
  return typeof named === "string" ? ` ${named.slice(0, 60)}` : "";
}
