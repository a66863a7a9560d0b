// Row: one line of the list - a session, a conversation, a call, or one try of it.

import { el, fill } from "./dom.js";
import { chevron, icon } from "./icons.js";
import { line } from "./text.js";
import { amount, clockTime, counted, dollars, endingOf, inputOf, isError, isUnmatched, kindOf, seconds, spokenStatus } from "./words.js";

const FAULTS = 2; // that are named in a row
export const COLUMNS = ["Status", "Request", "First byte", "Total", "Tokens", "Cost", "Time"];

export function columns(node) {
  const names = COLUMNS.map((name, index) => el("span", { class: `c${index} ${index > 1 ? "number" : ""}` }, name));
  fill(node, el("div", { class: "row head" }, el("span"), names));
}

// A text that changes whenever the row looks different.
export function sameRow(row) {
  if (row.entry) {
    const entry = row.entry;
    return [entry.number, entry.ended, entry.duration, entry.status, entry.prompt, row.tries.length, row.open, row.level].join();
  }
  const ended = row.calls.reduce((sum, call) => sum + call.tries.length + (call.entry.ended ? 0.001 : 0), 0);
  return [row.calls.length, ended, row.open, row.level].join();
}

export function drawRow(node, row) {
  node.className = `row ${row.kind}`;
  node.dataset.level = row.level;
  if (row.entry) drawEntry(node, row);
  else drawGroup(node, row);
}

export function statusOf(entry) {
  const kind = kindOf(entry);
  const spoken = { running: "running, ", broken: "broken, " }[kind] || "";
  return el("span", { class: "status", "data-kind": kind }, icon(kind), el("span", { class: "hidden" }, `${spoken}status `), String(entry.status || "···"));
}

export function titleOf(entry) {
  return line(entry.prompt || "") || `${entry.method} ${line(entry.path, 80)}`;
}

export const ruleOf = (entry) => [entry.scenario, entry.rule].filter(Boolean).join(" / ");

export function chipsOf(entry) {
  const faults = [...new Set([...entry.faults, ...(entry.chaos ? [entry.chaos] : [])])];
  const found = faults.slice(0, FAULTS).map((name) => el("span", { class: "chip fault" }, icon("fault"), el("span", { class: "cut" }, line(name, 40))));
  if (faults.length > FAULTS) found.push(el("span", { class: "chip", title: faults.slice(FAULTS).join(", ") }, `+${faults.length - FAULTS}`));
  if (isUnmatched(entry)) found.push(el("span", { class: "chip warn" }, "no rule"));
  if (endingOf(entry) && !faults.length) found.push(el("span", { class: "chip bad" }, endingOf(entry)));
  return found;
}

function drawEntry(node, row) {
  const { entry, tries } = row;
  const second = entry.message && isError(entry) ? entry.message : entry.answer;
  const details = [ruleOf(entry) || entry.refusal, entry.model, line(second || "", 120)].filter(Boolean);
  fill(
    node,
    el("span", { class: "fold", "aria-hidden": "true" }, row.open === undefined ? "" : chevron()),
    statusOf(entry),
    el(
      "span", { class: "what" },
      el("span", { class: "title" }, el("span", { class: "cut" }, row.kind === "try" ? `try ${entry.attempt}` : titleOf(entry)), chipsOf(entry)),
      el("span", { class: "second" }, tries.length > 1 ? triesOf(tries) : null, el("span", { class: "cut" }, details.map((one) => line(one, 120)).join(" · "))),
    ),
    cell(2, seconds(entry.first_byte)),
    cell(3, entry.ended ? seconds(entry.duration) : "…"),
    cell(4, entry.input_tokens === null ? "–" : `${amount(inputOf(entry))} → ${amount(entry.output_tokens)}`),
    cell(5, entry.cost === null ? "–" : dollars(entry.cost)),
    cell(6, clockTime(entry.time)),
  );
}

// A number, and for who cannot see its column, what it is.
const cell = (index, text) => el("span", { class: `number c${index}` }, el("span", { class: "hidden" }, `${COLUMNS[index]} `), text);

// The tries of one call, the first one in front.
function triesOf(tries) {
  const marks = tries.slice(0, 8).reverse().map((entry) => {
    const kind = kindOf(entry);
    return el("span", { class: "status mini", "data-kind": kind, title: spokenStatus(entry) }, icon(kind));
  });
  return el("span", { class: "tries" }, counted(tries.length, "try").replace("trys", "tries"), marks);
}

function drawGroup(node, row) {
  const tries = row.calls.flatMap((call) => call.tries);
  const errors = tries.filter(isError).length;
  const cost = tries.reduce((sum, entry) => sum + Number(entry.cost || 0), 0);
  const title = row.kind === "session" ? row.name : titleOf(row.calls.at(-1).entry);
  fill(
    node,
    el("span", { class: "fold", "aria-hidden": "true" }, chevron()),
    el("span", { class: "kind" }, row.kind === "session" ? "session" : "conversation"),
    el("span", { class: "title" }, el("span", { class: "cut" }, line(title)), errors ? el("span", { class: "chip bad" }, counted(errors, "error")) : null),
    el("span", { class: "number sum" }, [counted(row.calls.length, "call"), cost ? dollars(cost) : null].filter(Boolean).join(" · ")),
  );
}
