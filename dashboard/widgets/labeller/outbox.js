// What was done and not yet acknowledged. It is kept by the browser, so that a closed tab or a dead server loses nothing.
const PREFIX = "ssp-outbox:";
const FIRST_RETRY = 2000;       // ms until what was not acknowledged is sent again; doubled each time
const LAST_RETRY = 30000;
const BEAT = 4000;              // ms between two signs of life of a window with something unsent
const DEAD = 15000;             // ms without one after which another window sends for it
const REMEMBERED = 400;         // messages whose answers can still be made sense of

function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Outbox {
  constructor() {
    this.client = uuid();
    this.seq = 0;
    this.waiting = new Map([[this.client, []]]);   // client -> its messages in order; our own last
    this.said = new Map();                         // client:seq -> message
    this.tries = 0;
    this.send = null;
    addEventListener("pagehide", () => this.keep(0));
    addEventListener("pageshow", () => this.keep(Date.now()));
    addEventListener("online", () => this.flush());
  }

  /** Messages not yet acknowledged, those of closed windows first. */
  get messages() {
    const own = this.waiting.get(this.client);
    return [...this.waiting].flatMap(([client, all]) => (client === this.client ? [] : all)).concat(own);
  }

  attach(send) {
    this.send = send;
    clearInterval(this.beat);
    this.beat = setInterval(() => { if (this.waiting.get(this.client).length) this.keep(Date.now()); this.adopt(); }, BEAT);
    this.adopt();
    this.flush();
  }

  detach() {
    this.send = null;
    clearInterval(this.beat);
    clearTimeout(this.timer);
    this.keep(0);
  }

  add(message) {
    const whole = { client: this.client, seq: ++this.seq, ...message, at: new Date().toISOString() };
    this.waiting.get(this.client).push(whole);
    this.remember(whole);
    this.keep(Date.now());
    this.tries = 0;
    this.flush();
    return whole;
  }

  remember(message) {
    this.said.set(`${message.client}:${message.seq}`, message);
    if (this.said.size > REMEMBERED) this.said.delete(this.said.keys().next().value);
  }

  /** Forget what the server has dealt with: client -> everything up to this number. */
  settle(acks) {
    for (const [client, seq] of Object.entries(acks)) {
      const all = this.waiting.get(client);
      if (!all || !all.length || all[0].seq > seq) continue;
      const left = all.filter((message) => message.seq > seq);
      if (client === this.client || left.length) this.waiting.set(client, left);
      else this.waiting.delete(client);
      this.keep(Date.now(), client);
      this.tries = 0;
    }
    if (!this.messages.length) clearTimeout(this.timer);
  }

  flush() {
    clearTimeout(this.timer);
    const all = this.messages;
    if (!this.send || !all.length) return;
    this.send(all.map((message) => ({ ...message, try: this.tries })));
    this.timer = setTimeout(() => { this.tries++; this.flush(); if (this.told) this.told(); }, Math.min(LAST_RETRY, FIRST_RETRY * 2 ** this.tries));
  }

  keep(beat, client = this.client) {
    const messages = this.waiting.get(client) || [];
    try {
      if (messages.length) localStorage.setItem(PREFIX + client, JSON.stringify({ beat, messages }));
      else localStorage.removeItem(PREFIX + client);
    } catch { /* storage is full or forbidden: the copy in memory is still sent */ }
  }

  /** Take over what closed or crashed windows of this browser left. */
  adopt() {
    let found = false;
    try {
      for (const name of Object.keys(localStorage)) {
        const client = name.slice(PREFIX.length);
        if (!name.startsWith(PREFIX) || this.waiting.has(client)) continue;
        const { beat, messages } = JSON.parse(localStorage.getItem(name));
        if (Date.now() - beat < DEAD || !Array.isArray(messages)) continue;
        this.waiting.set(client, messages);
        messages.forEach((message) => this.remember(message));
        found = true;
      }
    } catch { /* no storage, or something else wrote there */ }
    if (found) this.flush();
  }
}
