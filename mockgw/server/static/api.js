// API: calls of the control API. Where it wants a token, the person is asked for it once.

import { button, el, fill, find } from "./dom.js";

export const ROOT = "/_mockgw/";
const KEPT = "mockgw-token";
let asking = null;

export class ApiProblem extends Error {
  constructor(status, error) {
    super(error.message || `status ${status}`);
    this.status = status;
    this.kind = error.kind || "";
    this.problems = error.problems || [];
  }
}

// The answer to a call, whatever its status; asks for the token and tries again if it is wanted.
export async function call(path, { method = "GET", body, headers = {}, signal } = {}) {
  for (;;) {
    const token = sessionStorage.getItem(KEPT);
    const sent = { ...headers, ...(token ? { "x-mockgw-token": token } : {}) };
    if (method !== "GET") sent["content-type"] = "application/json";
    const text = body === undefined ? undefined : JSON.stringify(body);
    const answer = await fetch(ROOT + path, { method, headers: sent, body: text, signal });
    if (answer.status !== 401) return answer;
    if (sessionStorage.getItem(KEPT) !== token) continue; // it was told meanwhile
    const problem = await problemOf(answer);
    asking ??= askForToken(problem).finally(() => { asking = null; });
    await asking;
  }
}

async function problemOf(answer) {
  const told = await answer.json().catch(() => ({}));
  return new ApiProblem(answer.status, told.error || {});
}

export async function ask(path, options) {
  const answer = await call(path, options);
  if (!answer.ok && answer.status !== 406) throw await problemOf(answer);
  return answer.json();
}

export async function askText(path, options) {
  const answer = await call(path, options);
  if (!answer.ok) throw await problemOf(answer);
  return answer.text();
}

export const post = (path, body) => ask(path, { method: "POST", body });
export const put = (path, body) => ask(path, { method: "PUT", body });
export const remove = (path) => ask(path, { method: "DELETE" });
export const part = encodeURIComponent;

export function query(values) {
  const kept = Object.entries(values).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return kept.length ? `?${new URLSearchParams(kept)}` : "";
}

function askForToken(problem) {
  const dialog = find("token");
  const field = el("input", { type: "password", id: "token-field", autocomplete: "off", required: true });
  return new Promise((done) => {
    const form = el(
      "form", { method: "dialog", on: { submit } },
      el("label", { for: "token-field" }, "Token"), field, button("Go on", submit, { class: "main", type: "submit" }),
    );
    function submit(event) {
      event.preventDefault();
      if (!field.value) return;
      sessionStorage.setItem(KEPT, field.value.trim());
      dialog.close();
      done();
    }
    fill(dialog, el("h2", { id: "token-title" }, "This server wants its token"), el("p", { class: "soft" }, problem.message), form);
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    if (!dialog.open) dialog.showModal();
    field.focus();
  });
}
