// Transcript: a request and its answer as a person reads them, turn by turn.

import { el } from "./dom.js";
import { tree } from "./json.js";
import { line, said } from "./text.js";
import { bytes, counted } from "./words.js";

// How a part is shown: its heading, and whether it is folded at first.
const KINDS = {
  system: ["prompt", true], reminder: ["reminder", true], note: ["note", true], typed: ["", false], text: ["", false],
  thinking: ["thinking", false], tool_use: ["calls", false], tool_result: ["result of", false],
};

export function transcript({ system, tools, turns, answer, problem }) {
  return el(
    "div", { class: "transcript" },
    problem ? el("p", { class: "problem bad said" }, problem) : null,
    system.length || tools.length ? el("article", { class: "turn system", "aria-label": "system" }, el("h4", {}, "system"), system.map((part) => partOf({ ...part, kind: "system" })), toolsOf(tools)) : null,
    turns.map((turn) => turnOf(turn.role, turn.role, turn.parts)), answerOf(answer),
  );
}

function toolsOf(tools) {
  if (!tools.length) return null;
  const list = el("dl", { class: "tools-list" }, tools.map(({ name, description }) => [el("dt", {}, el("code", {}, line(name, 60))), el("dd", { class: "soft small" }, line(description, 160))]));
  return el("details", { class: "part" }, el("summary", {}, el("span", { class: "part-head" }, counted(tools.length, "tool")), el("span", { class: "soft cut" }, line(tools.map((tool) => tool.name).join(", ")))), list);
}

function turnOf(role, label, parts, more = []) {
  return el("article", { class: `turn ${role}`, "aria-label": label }, el("h4", {}, label), parts.map(partOf), more);
}

function answerOf(answer) {
  const end = answer.whole ? answer.stop_reason : "it never came to its end";
  const foot = answer.error ? said(`${answer.error.type || "error"}: ${answer.error.message || ""}`) : el("p", { class: "small soft" }, end);
  const failed = answer.error || !answer.whole ? " failed" : "";
  return turnOf(`assistant answer${failed}`, answer.status ? `the answer, ${answer.status}` : "the answer", answer.parts, foot);
}

function partOf(part) {
  const [heading, folded] = KINDS[part.kind] || [part.kind.replaceAll("_", " "), true];
  if (folded) return fold(heading, part);
  const body = bodyOf(part);
  if (!heading) return body;
  const head = el("p", { class: "part-head" }, heading, part.name ? el("strong", {}, ` ${line(part.name, 60)}`) : null, part.is_error ? el("span", { class: "chip bad" }, "error") : null);
  return el("div", { class: `part ${part.kind}${part.is_error ? " failed" : ""}` }, head, body);
}

// What is long and rarely read: its first line, and the rest when it is opened.
function fold(heading, part) {
  const summary = el("summary", {}, el("span", { class: "part-head" }, heading, part.name ? ` ${line(part.name, 40)}` : ""), el("span", { class: "soft cut" }, line(part.text, 120)));
  const node = el("details", { class: `part ${part.kind}` }, summary);
  node.addEventListener("toggle", () => node.open && node.childElementCount === 1 && node.append(bodyOf(part)));
  return node;
}

function bodyOf(part) {
  const body = part.input === null || part.input === undefined ? said(part.text) : tree(part.input);
  const rest = part.left_out ? el("p", { class: "soft small" }, `${bytes(part.left_out)} more are in the request`) : null;
  return rest ? el("div", {}, body, rest) : body;
}
