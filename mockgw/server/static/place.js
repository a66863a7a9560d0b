// Place: what is looked at, and through which filters; it stands in the address, so a link or a reload keeps it.

const USUAL = { q: "", only: "", session: "", group: "yes", open: "", panel: "traffic", tab: "", of: "default" };

export class Place {
  constructor() {
    this.watchers = [];
    this.read();
    addEventListener("hashchange", () => {
      this.read();
      this.tell();
    });
  }

  read() {
    this.values = { ...USUAL, ...Object.fromEntries(new URLSearchParams(location.hash.slice(1))) };
  }

  get(key) {
    return this.values[key];
  }

  set(changes) {
    const before = JSON.stringify(this.values);
    Object.assign(this.values, changes);
    if (JSON.stringify(this.values) === before) return;
    const kept = Object.entries(this.values).filter(([key, value]) => value !== USUAL[key]);
    history.replaceState(null, "", kept.length ? `#${new URLSearchParams(kept)}` : location.pathname);
    this.tell();
  }

  watch(watcher) {
    this.watchers.push(watcher);
  }

  tell() {
    this.watchers.forEach((watcher) => watcher());
  }
}
