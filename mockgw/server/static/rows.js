// Rows: what the list shows - sessions, conversations, calls with their tries folded - of the exchanges that fit.
// They are made several times a second, of ten thousand exchanges: loops here, and nothing that is made twice.

// A call: all tries of one request, the newest first.
function callsOf(entries) {
  const calls = new Map();
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const entry = entries[index];
    entry.callKey ??= `call:${entry.session}:${entry.call || entry.request_id}`;
    const call = calls.get(entry.callKey);
    if (call) call.tries.push(entry);
    else calls.set(entry.callKey, { key: entry.callKey, kind: "call", entry, tries: [entry], level: 1, open: undefined });
  }
  return calls;
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

const sessionOf = (entry) => entry.session;
const conversationOf = (entry) => entry.conversation || entry.request_id;

export class Rows {
  constructor() {
    this.folded = new Set(); // sessions and conversations are open, unless they stand here
    this.opened = new Set(); // calls are folded, unless they stand here
  }

  // `fits` is asked of each try; a call is shown if one of them fits.
  build(entries, { fits, grouped }) {
    const calls = [];
    for (const call of callsOf(entries).values()) {
      if (call.tries.some(fits)) calls.push(call);
    }
    const rows = [];
    if (grouped) this.bySession(rows, calls);
    else this.flat(rows, calls, 1);
    return { rows, calls };
  }

  flat(rows, calls, level) {
    for (const call of calls) {
      call.level = level;
      rows.push(call);
      if (call.tries.length === 1) continue;
      call.open = this.opened.has(call.key);
      if (call.open) this.tries(rows, call);
    }
  }

  tries(rows, call) {
    for (const entry of call.tries) {
      rows.push({ key: `try:${entry.number}`, kind: "try", level: call.level + 1, entry, tries: [entry], open: undefined });
    }
  }

  bySession(rows, calls) {
    const sessions = gathered(calls, sessionOf);
    if (sessions.size === 1) {
      this.byConversation(rows, calls, 1);
      return;
    }
    for (const [name, own] of sessions) {
      if (this.heading(rows, { key: `session:${name}`, kind: "session", level: 1, name, calls: own })) this.byConversation(rows, own, 2);
    }
  }

  // A conversation of one call needs no heading.
  byConversation(rows, calls, level) {
    for (const [id, own] of gathered(calls, conversationOf)) {
      if (own.length === 1) this.flat(rows, own, level);
      else if (this.heading(rows, { key: `conversation:${own[0].entry.session}:${id}`, kind: "conversation", level, name: id, calls: own })) {
        this.flat(rows, own, level + 1);
      }
    }
  }

  // A heading, and whether what belongs to it is seen.
  heading(rows, row) {
    row.open = !this.folded.has(row.key);
    rows.push(row);
    return row.open;
  }

  toggle(row, open = !row.open) {
    if (row.open === undefined) return;
    const [set, present] = row.kind === "call" ? [this.opened, open] : [this.folded, !open];
    if (present) set.add(row.key);
    else set.delete(row.key);
  }
}
