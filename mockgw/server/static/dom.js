// DOM: elements made by calls. What clients have sent becomes text nodes only; no HTML is ever parsed.

const SVG = "http://www.w3.org/2000/svg";

// An element: its attributes (`on` listens, `class` and the rest as in HTML), and what is in it.
export function el(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(node, { on = {}, ...attributes }, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, value);
  }
  for (const [event, listener] of Object.entries(on)) node.addEventListener(event, listener);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const find = (id) => document.getElementById(id);

// Take what is in an element away, and put something else there.
export function fill(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function button(label, act, attributes = {}) {
  return el("button", { type: "button", ...attributes, on: { click: act } }, label);
}

// A button that forgets or breaks something: the second click within three seconds does it.
export function sureButton(label, question, act, attributes = {}) {
  const node = button(label, click, attributes);
  let timer = 0;
  function calm() {
    clearTimeout(timer);
    timer = 0;
    node.textContent = label;
    node.classList.remove("sure");
  }
  function click() {
    if (timer) {
      calm();
      act();
      return;
    }
    node.textContent = typeof question === "function" ? question() : question;
    node.classList.add("sure");
    timer = setTimeout(calm, 3000);
  }
  return node;
}

let toastTimer = 0;

// Say something for a moment, at the bottom of the page.
export function say(message, { bad = false } = {}) {
  const toast = find("toast");
  toast.textContent = message;
  toast.classList.toggle("bad", bad);
  toast.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { toast.hidden = true; }, bad ? 6000 : 2500);
}

// Put text on the clipboard; where the browser keeps it from us, a selection does it.
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el("textarea", { class: "hidden", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  say(`Copied: ${what}`);
}
