// Transcript: a request and its answer as a person reads them, turn by turn.

import { el } from "./dom.js";
import { tree } from "./json.js";
import { line, said } from "./text.js";

// How a part is shown: its heading, and whether it is folded at first.
const KINDS = {
  system: ["system", true], reminder: ["reminder", true], text: ["", false], thinking: ["thinking", false],
  redacted_thinking: ["redacted thinking", false], tool_use: ["calls", false], tool_result: ["result", false],
};

export function transcript({ turns, answer }) {
  const shown = turns.map((turn) => turnOf(turn.role, turn.parts));
  if (answer?.parts?.length) shown.push(turnOf("assistant", answer.parts, "answer"));
  if (answer?.error) shown.push(el("div", { class: "turn answer failed" }, el("h4", {}, "error"), said(answer.error)));
  return el("div", { class: "transcript" }, shown);
}

function turnOf(role, parts, className = "") {
  const label = className === "answer" ? "the answer" : role;
  return el("article", { class: `turn ${role} ${className}`, "aria-label": label }, el("h4", {}, label), parts.map(partOf));
}

function partOf(part) {
  const [heading, folded] = KINDS[part.kind] || [part.kind.replaceAll("_", " "), true];
  if (folded) return fold(heading, part);
  const body = bodyOf(part);
  if (!heading) return body;
  return el("div", { class: `part ${part.kind}${part.is_error ? " failed" : ""}` }, el("p", { class: "part-head" }, heading, part.name ? el("strong", {}, ` ${line(part.name, 60)}`) : null, part.is_error ? el("span", { class: "chip bad" }, "error") : null), body);
}

// What is long and rarely read: its first line, and the rest when it is opened.
function fold(heading, part) {
  const node = el("details", { class: `part ${part.kind}` }, el("summary", {}, el("span", { class: "part-head" }, heading), " ", el("span", { class: "soft cut" }, line(part.text || part.name || "", 120))));
  node.addEventListener("toggle", () => node.open && node.childElementCount === 1 && node.append(bodyOf(part)));
  return node;
}

function bodyOf(part) {
  if (part.text !== undefined && part.text !== null) return said(part.text);
  return tree(part.input ?? part.value ?? null);
}
