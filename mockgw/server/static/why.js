// Why: the rule that answered, what differed in each rule before it; of a miss, the nearest rules and one to paste.

import { button, copy, el } from "./dom.js";
import { nodes } from "./text.js";

// `asked` is of an exchange: whether that is still so.
export function why(told, asked = null) {
  const rules = told.rules || [];
  const place = rules.findIndex((rule) => rule.outcome === "answers");
  const before = place < 0 ? rules : rules.slice(0, place);
  const after = place < 0 ? [] : rules.slice(place + 1);
  return el(
    "div", { class: "why" },
    scenario(told), asked && !asked.same ? el("p", { class: "problem warn said" }, "It would be answered otherwise now: ", nodes(asked.changed)) : null, verdict(told, !asked),
    told.suggestion ? suggestion(told.suggestion) : null,
    place < 0 ? null : el("ol", { class: "rules", "aria-label": "The rule that answers" }, ruleOf(rules[place])),
    before.length ? [el("h3", {}, place < 0 ? "What each rule wanted" : "The rules before it"), list(before, told.nearest)] : null,
    after.length ? el("details", {}, el("summary", {}, `${after.length} after it, which were not asked`), list(after)) : null,
  );
}

const list = (rules, nearest) => el("ol", { class: "rules" }, rules.map((rule) => ruleOf(rule, nearest && rule.id === nearest)));

function scenario({ scenario: found }) {
  if (!found) return null;
  return el("p", {}, "Scenario ", el("strong", {}, found.name), el("span", { class: "soft" }, found.why ? `: ${found.why}` : ""));
}

function verdict({ answer, lacking }, withError) {
  if (!answer) return null;
  const by = answer.rule ? ["answered by ", el("strong", {}, answer.rule), answer.place ? el("code", {}, ` ${answer.place}`) : ""] : "answered by no rule";
  const told = withError && answer.error ? el("p", { class: "said" }, nodes(answer.error.message || answer.error.type)) : null;
  return el("div", { class: "verdict" }, el("p", {}, `Status ${answer.status}, `, by), told, (lacking || []).map((one) => el("p", { class: "soft" }, `Lacking: ${one}`)));
}

function suggestion(text) {
  return el(
    "div", { class: "snippet" },
    el("div", { class: "snippet-head" }, el("h3", {}, "A rule that takes this request"), button("Copy", () => copy(text, "the rule"), { class: "quiet", "aria-label": "Copy the rule" })),
    el("pre", { class: "code", tabindex: "0" }, nodes(text)),
  );
}

const OUTCOMES = {
  answers: ["good", "answers"], matches: ["good", "matches"], differs: ["", "differs"], used_up: ["warn", "used up"], later: ["", "not asked"],
};

function ruleOf(rule, nearest) {
  const [kind, label] = OUTCOMES[rule.outcome] || [rule.matches ? "good" : "", rule.outcome.replaceAll("_", " ")];
  return el(
    "li", { class: `rule ${rule.matches ? "matched" : ""}` },
    el("p", { class: "rule-head" }, el("strong", {}, rule.id), el("code", { class: "soft" }, rule.place), el("span", { class: `chip ${kind}` }, label), nearest ? el("span", { class: "chip warn" }, "nearest") : null),
    rule.reason ? el("p", { class: "soft small said" }, nodes(rule.reason)) : null,
    el("ul", { class: "checks" }, rule.checks.map(checkOf)),
  );
}

function checkOf(check) {
  const mark = check.held ? "✓" : "✗";
  return el(
    "li", { class: check.held ? "held" : "missed" },
    el("span", { class: "mark", "aria-label": check.held ? "holds" : "differs" }, mark), el("code", {}, check.key),
    el("span", { class: "said" }, "wanted ", el("b", {}, nodes(String(check.wanted))), check.held ? "" : [", found ", el("b", {}, nodes(String(check.found)))], check.hint ? el("span", { class: "soft" }, ` (${check.hint})`) : ""),
    check.parts?.length ? el("ul", { class: "checks" }, check.parts.map(checkOf)) : null,
  );
}
