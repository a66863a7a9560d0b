// Text: what clients have sent, as text - marks that nobody sees are made visible, and what is too long is cut.

import { button, el } from "./dom.js";
import { bytes } from "./words.js";

const SHOWN = 4000;
const BLOCK = 16000;
// Control characters (but not line ends and tabs), and marks that turn or hide text.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;
const NAMES = {
  "\u001b": "ESC", "\u0000": "NUL", "\r": "CR", "\u202a": "LRE", "\u202b": "RLE", "\u202c": "PDF", "\u202d": "LRO", "\u202e": "RLO",
  "\u2066": "LRI", "\u2067": "RLI", "\u2068": "FSI", "\u2069": "PDI", "\u200e": "LRM", "\u200f": "RLM", "\u200b": "ZWSP",
};

function nameOf(mark) {
  return NAMES[mark] || `U+${mark.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

// Nodes for a text: plain text, and a small label for each mark that has no shape of its own.
export function nodes(text) {
  const found = [];
  let from = 0;
  for (const match of text.matchAll(UNSEEN)) {
    if (match.index > from) found.push(text.slice(from, match.index));
    found.push(el("span", { class: "unseen", title: "a character that cannot be seen" }, nameOf(match[0])));
    from = match.index + match[0].length;
  }
  found.push(text.slice(from));
  return found;
}

// The same in one line, without elements: for rows and headings.
export function line(text, longest = 200) {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut.replace(/\s+/gu, " ").replace(UNSEEN, (mark) => `⟨${nameOf(mark)}⟩`).trim();
}

// A text of any length: the beginning, and a button for the rest.
export function said(text, { shown = SHOWN, tag = "div", className = "" } = {}) {
  const node = el(tag, { class: `said ${className}`, dir: "auto" }, nodes(text.slice(0, shown)));
  if (text.length <= shown) return node;
  const more = button(`Show all (${bytes(new Blob([text]).size)})`, () => more.replaceWith(...blocks(text.slice(shown))), { class: "more" });
  node.append("… ", more);
  return node;
}

// A long text in blocks, of which the browser lays out only those that are seen.
function blocks(text) {
  const found = [];
  for (let from = 0; from < text.length;) {
    const newline = text.lastIndexOf("\n", from + BLOCK);
    const to = newline > from ? newline + 1 : from + BLOCK;
    found.push(el("span", { class: "block" }, nodes(text.slice(from, to))));
    from = to;
  }
  return found;
}
