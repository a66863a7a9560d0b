// Words: times, amounts and states as a person reads them.

export function seconds(value) {
  if (value === null || value === undefined) return "–";
  if (value < 0.0005) return "0 ms";
  if (value < 0.01) return `${(value * 1000).toFixed(1)} ms`;
  if (value < 1) return `${Math.round(value * 1000)} ms`;
  if (value < 10) return `${value.toFixed(2)} s`;
  if (value < 60) return `${value.toFixed(1)} s`;
  return span(value);
}

// A longer time, in its two largest units.
export function span(value) {
  const whole = Math.max(0, Math.ceil(value));
  const units = [[86400, "d"], [3600, "h"], [60, "m"], [1, "s"]];
  const found = units.map(([size, name], index) => {
    const left = index ? whole % units[index - 1][0] : whole;
    return [Math.floor(left / size), name];
  }).filter(([count]) => count);
  return found.slice(0, 2).map(([count, name]) => `${count} ${name}`).join(" ") || "0 s";
}

export function amount(value) {
  if (value === null || value === undefined) return "–";
  if (value < 1000) return String(value);
  if (value < 1e6) return `${trimmed(value / 1000)}k`;
  return `${trimmed(value / 1e6)}M`;
}

const trimmed = (value) => value.toFixed(value < 100 ? 1 : 0).replace(/\.0$/, "");

export function bytes(value) {
  if (value < 1024) return `${value} B`;
  if (value < 1024 ** 2) return `${trimmed(value / 1024)} kB`;
  return `${trimmed(value / 1024 ** 2)} MB`;
}

export function dollars(value) {
  const number = Number(value);
  if (!number) return "$0";
  if (number >= 1) return `$${number.toFixed(2)}`;
  const digits = number >= 0.01 ? 3 : 5;
  return `$${number.toFixed(digits).replace(/0+$/, "").replace(/\.$/, "")}`;
}

export function clockTime(iso) {
  return new Date(iso).toLocaleTimeString([], { hour12: false });
}

export const counted = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

// What became of an exchange, in one word that has a shape and a colour of its own.
export function kindOf(entry) {
  if (!entry.ended) return "running";
  if (isBroken(entry) || (isFaulted(entry) && entry.status < 400)) return "broken";
  if (entry.status >= 500) return "server";
  return entry.status >= 400 ? "client" : "good";
}

export const isBroken = (entry) => entry.ended && !["", "whole"].includes(entry.ending);
export const isError = (entry) => entry.status >= 400 || isBroken(entry);
export const isFaulted = (entry) => entry.faults.length > 0 || Boolean(entry.chaos);
export const isUnmatched = (entry) => entry.refusal === "no_match";

const ENDINGS = { closed: "closed early", reset: "reset", left: "client left", stopped: "server stopped" };
export const endingOf = (entry) => (isBroken(entry) ? ENDINGS[entry.ending] || entry.ending : "");

export function spokenStatus(entry) {
  if (!entry.ended) return `running, status ${entry.status}`;
  return `status ${entry.status}${isBroken(entry) ? `, ${endingOf(entry)}` : ""}`;
}

// All tokens that came in, whether or not a cache had them.
export function inputOf(entry) {
  return (entry.input_tokens || 0) + (entry.cache_read_input_tokens || 0) + (entry.cache_creation_input_tokens || 0);
}
