// Keys: what can be done without a mouse, and the page that tells of it.

import { button, el, fill, find } from "./dom.js";

const HELP = [
  [["/"], "Search"],
  [["j", "k"], "The next row, the one before; arrows too"],
  [["Enter"], "Open the exchange, or unfold the group"],
  [["→", "←"], "Unfold, fold"],
  [["Esc"], "Close the exchange, leave a field"],
  [["1", "2", "3"], "Exchange, control, scenarios"],
  [["e"], "Only errors"],
  [["g"], "Group by session and conversation"],
  [["p"], "Pause the list"],
  [["b"], "Large type, for a room"],
  [["t"], "Dark or light"],
  [["?"], "This help"],
];

export function help() {
  const dialog = find("help");
  if (dialog.open) return dialog.close();
  const keys = HELP.map(([names, told]) => [el("dt", {}, names.map((name) => [el("kbd", {}, name), " "])), el("dd", {}, told)]);
  fill(
    dialog, el("h2", { id: "help-title" }, "Keys"), el("dl", {}, keys),
    el("p", { class: "soft" }, "All that this page does goes through the control API at /_mockgw/, and can be done from any language."),
    button("Close", () => dialog.close(), { class: "main" }),
  );
  return dialog.showModal();
}

const isField = (node) => node.matches("input:not([type=range]):not([type=checkbox]), textarea, select");

// `acts` has what each key does.
export function listen(acts) {
  find("help-open").addEventListener("click", help);
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest?.("dialog")) {
      if (event.key === "?" && !isField(event.target)) help();
      return;
    }
    if (isField(event.target)) {
      if (event.key === "Escape") leave(event);
      return;
    }
    const own = ["Enter", " ", "ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"];
    if (own.includes(event.key) && event.target.closest("button, a, summary, input, [role=tab]")) return;
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function leave(event) {
  event.preventDefault();
  find("list").focus();
}
