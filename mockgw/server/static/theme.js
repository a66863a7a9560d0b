// Theme: dark or light as the system has it, until the person says otherwise; and the presenter's mode.

import { find } from "./dom.js";

const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);

function show() {
  find("theme").textContent = isDark() ? "Light" : "Dark";
  find("theme").setAttribute("aria-label", isDark() ? "Light colours" : "Dark colours");
  find("present").setAttribute("aria-pressed", String(root.hasAttribute("data-present")));
}

export function switchTheme() {
  root.dataset.theme = isDark() ? "light" : "dark";
  localStorage.setItem("mockgw-theme", root.dataset.theme);
  show();
}

export function present() {
  root.toggleAttribute("data-present");
  localStorage.setItem("mockgw-present", root.hasAttribute("data-present") ? "yes" : "");
  show();
  dispatchEvent(new Event("resize"));
}

export function start() {
  const kept = localStorage.getItem("mockgw-theme");
  if (kept) root.dataset.theme = kept;
  root.toggleAttribute("data-present", localStorage.getItem("mockgw-present") === "yes");
  find("theme").addEventListener("click", switchTheme);
  find("present").addEventListener("click", present);
  system.addEventListener("change", show);
  show();
}
