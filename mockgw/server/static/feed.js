// Feed: what happens on the server, told a few times a second. It comes back by itself when the server does.

import { call } from "./api.js";

const EVERY = "250ms";
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 5000;

export class Feed {
  // `heard(kind, data)` for each event, `state(name)` for live and lost.
  constructor({ heard, state }) {
    this.heard = heard;
    this.state = state;
    this.pause = FIRST_PAUSE;
  }

  async run() {
    for (;;) {
      try {
        await this.listen();
      } catch {
        // the server is away: below
      }
      this.state("lost");
      await new Promise((done) => setTimeout(done, this.pause));
      this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
    }
  }

  async listen() {
    const answer = await call(`events?every=${EVERY}`);
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    this.state("live");
    this.pause = FIRST_PAUSE;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const frames = (rest + value).split("\n\n");
      rest = frames.pop();
      frames.forEach((frame) => this.take(frame));
    }
  }

  take(frame) {
    let kind = "";
    let data = "";
    for (const line of frame.split("\n")) {
      if (line.startsWith("event: ")) kind = line.slice(7);
      else if (line.startsWith("data: ")) data += line.slice(6);
    }
    if (kind) this.heard(kind, JSON.parse(data));
  }
}
