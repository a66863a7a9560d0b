// Rows: what the list shows - sessions, conversations, calls with their tries folded - of the exchanges that fit.

// A call: all tries of one request, the newest first.
function callsOf(entries) {
  const calls = new Map();
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const entry = entries[index];
    const key = `call:${entry.session}:${entry.call || entry.request_id}`;
    const call = calls.get(key);
    if (call) call.tries.push(entry);
    else calls.set(key, { key, entry, tries: [entry] });
  }
  return [...calls.values()];
}

function gathered(calls, keyOf) {
  const groups = new Map();
  for (const call of calls) {
    const key = keyOf(call.entry);
    const group = groups.get(key);
    if (group) group.push(call);
    else groups.set(key, [call]);
  }
  return groups;
}

export class Rows {
  constructor() {
    this.folded = new Set(); // sessions and conversations are open, unless they stand here
    this.opened = new Set(); // calls are folded, unless they stand here
  }

  // `fits` is asked of each try; a call is shown if one of them fits.
  build(entries, { fits, grouped }) {
    const calls = callsOf(entries).filter((call) => call.tries.some(fits));
    const rows = grouped ? this.bySession(calls) : this.flat(calls, 1);
    return { rows, calls };
  }

  flat(calls, level) {
    return calls.flatMap((call) => this.ofCall(call, level));
  }

  ofCall(call, level) {
    const many = call.tries.length > 1;
    const open = many && this.opened.has(call.key);
    const row = { ...call, kind: "call", level, open: many ? open : undefined };
    if (!open) return [row];
    return [row, ...call.tries.map((entry) => ({ key: `try:${entry.number}`, kind: "try", level: level + 1, entry, tries: [entry] }))];
  }

  bySession(calls) {
    const sessions = gathered(calls, (entry) => entry.session);
    if (sessions.size === 1) return this.byConversation(calls, 1);
    return [...sessions].flatMap(([name, own]) => {
      const key = `session:${name}`;
      const open = !this.folded.has(key);
      const row = { key, kind: "session", level: 1, name, calls: own, open };
      return open ? [row, ...this.byConversation(own, 2)] : [row];
    });
  }

  // A conversation of one call needs no heading.
  byConversation(calls, level) {
    const conversations = gathered(calls, (entry) => entry.conversation || entry.request_id);
    return [...conversations].flatMap(([id, own]) => {
      if (own.length === 1) return this.flat(own, level);
      const key = `conversation:${own[0].entry.session}:${id}`;
      const open = !this.folded.has(key);
      const row = { key, kind: "conversation", level, name: id, calls: own, open };
      return open ? [row, ...this.flat(own, level + 1)] : [row];
    });
  }

  toggle(row, open = !row.open) {
    if (row.open === undefined) return;
    const [set, present] = row.kind === "call" ? [this.opened, open] : [this.folded, !open];
    if (present) set.add(row.key);
    else set.delete(row.key);
  }
}
