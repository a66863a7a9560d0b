// Scenarios: the loaded files with what lint says of them, each rule with how often it answered, and a request tried.

import { ApiProblem, ask, part, post } from "./api.js";
import { done } from "./card.js";
import { el, fill } from "./dom.js";
import { chevron } from "./icons.js";
import { nodes } from "./text.js";
import { Trial } from "./trial.js";
import { counted } from "./words.js";

const SOON = 1000;

export class Scenarios {
  constructor(node, place) {
    this.place = place;
    this.visible = false;
    this.problems = new Map();
    this.files = el("p", { class: "soft small" });
    this.list = el("div", { class: "scenarios" });
    this.trial = new Trial(place);
    fill(
      node,
      el("header", { class: "panel-head" }, el("h2", {}, "Scenarios"), this.files, el("span", { class: "spring" }),
        el("button", { type: "button", on: { click: () => this.reload() } }, "Reload files")),
      this.trial.node, this.list,
    );
  }

  show(visible) {
    const turned = visible && !this.visible;
    this.visible = visible;
    if (turned) this.refresh();
  }

  told(kind) {
    if (kind.startsWith("files.")) this.problems.clear();
    if (!this.visible || this.timer) return;
    this.timer = setTimeout(() => { this.timer = 0; this.refresh(); }, SOON);
  }

  async reload() {
    await done(post("reload"), "The files are as they are now");
    this.refresh();
  }

  async refresh() {
    try {
      await this.look();
    } catch (problem) {
      if (!(problem instanceof ApiProblem || problem instanceof TypeError)) throw problem; // the server is away
    }
  }

  async look() {
    const [{ scenarios }, ready] = await Promise.all([ask("scenarios"), ask("ready")]);
    const whole = await Promise.all(scenarios.map((one) => this.known(one)));
    this.trial.offer(scenarios);
    this.files.textContent = ready.files.state === "stale" ? "the files were changed, but cannot be used:" : counted(scenarios.length, "scenario");
    this.draw(whole, ready);
    if (await this.lint(scenarios)) this.refresh();
  }

  draw(whole, ready) {
    const shown = JSON.stringify([whole, ready.files.problems]);
    if (shown === this.shown) return;
    this.shown = shown;
    fill(this.list, ready.files.problems.map((problem) => el("p", { class: "problem bad said" }, nodes(problem))), whole.map((one) => this.file(one)));
  }

  // A scenario with what lint says of it, if that is known; with its rules if it is open.
  async known(scenario) {
    const shown = this.isOpen(scenario.name) ? await ask(`scenarios/${part(scenario.name)}`) : scenario;
    return { ...shown, problems: this.problems.get(scenario.name) };
  }

  // Lint takes its time: one scenario after the other is looked at. Whether there is news of any.
  async lint(scenarios) {
    const unknown = scenarios.filter(({ name }) => !this.problems.has(name));
    if (this.linting || !unknown.length) return false;
    this.linting = true;
    try {
      for (const { name } of unknown) {
        if (!this.visible) return false;
        this.problems.set(name, (await ask(`scenarios/${part(name)}/problems`)).problems);
      }
      return true;
    } finally {
      this.linting = false;
    }
  }

  isOpen(name) {
    return this.opened?.has(name);
  }

  file(scenario) {
    const problems = scenario.problems || [];
    const node = el(
      "details", { class: "scenario", open: this.isOpen(scenario.name), "data-name": scenario.name },
      el(
        "summary", {}, chevron(),
        el("strong", {}, scenario.name), scenario.chosen ? el("span", { class: "chip good" }, "answers unless another is named") : null,
        problems.length ? el("span", { class: `chip ${problems.some((one) => one.severity === "error") ? "bad" : "warn"}` }, counted(problems.length, "problem")) : null,
        el("span", { class: "soft cut" }, scenario.description),
      ),
      typeof scenario.rules === "number" ? null : this.contents(scenario),
    );
    node.addEventListener("toggle", () => {
      if (node.open === Boolean(this.isOpen(scenario.name))) return;
      this.opened = new Set([...(this.opened || [])].filter((name) => name !== scenario.name));
      if (node.open) this.opened.add(scenario.name);
      this.refresh();
    });
    return node;
  }

  contents(scenario) {
    const most = Math.max(1, ...scenario.rules.map(answersOf));
    return el(
      "div", { class: "contents" },
      el("p", {}, el("code", { class: "soft said" }, scenario.file)),
      (scenario.problems || []).map(problemOf),
      el("ol", { class: "rule-list", "aria-label": `Rules of ${scenario.name}` }, scenario.rules.map((rule) => ruleRow(scenario.name, rule, most))),
    );
  }
}

const answersOf = (rule) => Object.values(rule.answers).reduce((sum, one) => sum + one, 0);

function problemOf(problem) {
  const place = problem.line ? `:${problem.line}${problem.column ? `:${problem.column}` : ""}` : "";
  return el("p", { class: `problem ${problem.severity === "error" ? "bad" : "warn"} said` }, el("strong", {}, problem.severity), ` ${place} `, nodes(problem.message), " ", el("code", {}, problem.code));
}

function ruleRow(scenario, rule, most) {
  const answers = answersOf(rule);
  const bar = el("span", { class: "share" });
  bar.style.transform = `scaleX(${answers / most})`;
  return el(
    "li", { class: "rule-row" },
    el("span", { class: "rule-name" }, el("button", { type: "button", class: "rule-link", "aria-expanded": "false", title: "As it is written", on: { click: (event) => written(event.currentTarget, scenario, rule) } }, rule.id), rule.fallback ? el("span", { class: "chip" }, "last resort") : null, el("code", { class: "soft" }, rule.place),),
    el("span", { class: "bar-track", "aria-hidden": "true" }, bar),
    el("span", { class: "number" }, answers ? `answered ${answers === 1 ? "once" : `${answers} times`}${rule.times ? ` of ${rule.times}` : ""}` : "never answered"),
  );
}

// The rule as it is written, below its row.
async function written(button, scenario, rule) {
  const row = button.closest("li");
  const shown = row.querySelector("pre");
  button.setAttribute("aria-expanded", String(!shown));
  if (shown) shown.remove();
  else row.append(el("pre", { class: "code", tabindex: "0" }, nodes((await ask(`scenarios/${part(scenario)}/rules/${part(rule.id)}`)).text)));
}
