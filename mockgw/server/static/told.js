// Told: a timeline of the control API in the form in which it is drawn - events, silences, strikes, the end.

const SHORTEST = 0.5; // seconds of nothing that are worth a mark
const SHARE = 0.12; // of the whole
const DRAWN = ["head", "event", "ping", "bytes"];

export function streamOf(timeline) {
  const events = timeline.points.filter((point) => DRAWN.includes(point.kind)).map((point, index) => ({
    number: index + 1, kind: kindOf(point), name: point.name || point.kind, text: point.text, size_bytes: point.size_bytes,
    planned: point.planned, real: point.real,
  }));
  const strikes = timeline.points.filter((point) => point.kind === "fault").map((point) => ({ label: point.name, at: point.real ?? point.planned ?? 0 }));
  const end = timeline.points.findLast((point) => point.kind === "end");
  const stream = { ...timeline, events, strikes, end };
  return { ...stream, length: lengthOf(stream), silences: silencesOf(stream) };
}

function kindOf(point) {
  if (point.kind !== "event") return point.kind;
  if (point.name === "content_block_delta") return "delta";
  return point.name === "error" ? "error" : "event";
}

function lengthOf({ events, strikes, end, duration }) {
  let longest = Math.max(duration || 0, end?.real || 0, 0.001);
  for (const { planned, real } of events) longest = Math.max(longest, real || 0, planned || 0);
  for (const { at } of strikes) longest = Math.max(longest, at);
  return longest * 1.02;
}

// Where nothing came for long: between two events, or before the end.
function silencesOf({ events, end, duration }) {
  const moments = events.filter((event) => event.real !== null && event.kind !== "ping").map((event) => event.real);
  const last = end?.real ?? duration;
  if (last) moments.push(last);
  const least = Math.max(SHORTEST, (last || 0) * SHARE);
  const usual = median(moments.slice(1).map((moment, index) => moment - moments[index]));
  const from = [0, ...moments.slice(0, -1)];
  return moments.map((moment, index) => ({ from: from[index], to: moment })).filter(({ from: start, to }) => to - start >= Math.max(least, 3 * usual));
}

function median(values) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] || 0;
}
