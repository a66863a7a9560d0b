// Exchanges: all that the page knows of, by their number; as many as the server keeps.

const KEPT = 10_000;

export class Exchanges {
  constructor() {
    this.clear();
  }

  clear() {
    this.all = []; // the oldest first
    this.numbers = new Map();
    this.sorted = true;
    this.newest = 0;
  }

  // Take what came; of two tellings of one exchange the one counts in which it has ended.
  put(entry) {
    const known = this.numbers.get(entry.number);
    if (known) {
      if (entry.ended || !known.ended) Object.assign(known, entry);
      return;
    }
    this.numbers.set(entry.number, entry);
    this.sorted &&= entry.number > this.newest;
    this.newest = Math.max(this.newest, entry.number);
    this.all.push(entry);
  }

  // All of them, the oldest first.
  inOrder() {
    if (!this.sorted) this.all.sort((one, other) => one.number - other.number);
    this.sorted = true;
    while (this.all.length > KEPT + 500) {
      for (const gone of this.all.splice(0, this.all.length - KEPT)) this.numbers.delete(gone.number);
    }
    return this.all;
  }

  forget(session) {
    this.all = this.all.filter((entry) => entry.session !== session);
    this.numbers = new Map(this.all.map((entry) => [entry.number, entry]));
  }

  knows(number) {
    return this.numbers.has(number);
  }

  find(requestId) {
    return this.all.findLast((entry) => entry.request_id === requestId);
  }

  get sessions() {
    return [...new Set(this.all.map((entry) => entry.session))];
  }
}
