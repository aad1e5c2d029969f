// The desk: one item after another, keys in, messages out. Everything on screen is patched, nothing rebuilt while typing.
import { Chips } from "./chips.js";
import { answered } from "./answers.js";
import { run, saveable } from "./doing.js";
import { Field } from "./field.js";
import { command, keymap } from "./keys.js";
import { Notices } from "./notices.js";
import { offers, Rail } from "./rail.js";
import { Sheet } from "./dialogs.js";
import { buttons, frame, head, palette, texts } from "./frame.js";
import { say } from "./text.js";
import { Work } from "./work.js";

const now = () => performance.now();
/** What a change of is worth showing at once. */
const essence = ({ version, tv, tokens, item }) => JSON.stringify([version, tv, tokens.map(({ f, l, c, h }) => [f, l, c, h]), item && item.l]);

/** Whether somebody went there: a dialog comes by itself, and the page as a whole is nowhere. */
const chosen = (place) => Boolean(place) && place !== document.body && !place.closest("[role=dialog]") && !place.matches("section, main, [data-testid=stMain]");

export class Desk {
  constructor(root, outbox) {
    this.outbox = outbox;
    this.at = frame(root);                        // the parts of the screen, by name
    this.chips = new Chips(this.at.toks);
    this.rail = new Rail(this.at.rail);
    this.notices = new Notices(this.at.notices);
    this.field = new Field(this.at.field, () => this.focus());
    this.sheet = new Sheet(this.at.lab, () => this.focus());
    this.works = new Map();                       // item -> its work, kept while going back and forth
    this.line = [];                               // items in the order they came
    this.place = 0;
    this.asked = 0;
    this.heard = new Set();
    this.at.lab.addEventListener("keydown", (event) => this.key(event));
    this.at.lab.addEventListener("pointerdown", (event) => this.click(event));
    this.at.lab.addEventListener("focusin", () => { this.held = true; this.at.lab.classList.add("on"); });
    this.at.lab.addEventListener("focusout", (event) => { this.held = !chosen(event.relatedTarget); this.at.lab.classList.remove("on"); });
    this.stray = (event) => this.regain(event);
    addEventListener("keydown", this.stray, true);
    outbox.told = () => this.status();
  }

  get work() { return this.works.get(this.line[this.place]); }
  focus() { this.at.toks.focus({ preventScroll: true }); }

  /** A message of the page took the focus and left it to nobody: the next key is meant for the desk. */
  regain(event) {
    if (!this.at.lab.isConnected) return removeEventListener("keydown", this.stray, true);
    const lost = this.held && !chosen(document.activeElement) && !document.querySelector("[role=dialog]");
    if (!lost || event.key === "Tab" || this.sheet.open || this.field.open || event.composedPath().includes(this.at.lab)) return;
    this.focus();
    this.key(event);
  }

  /** What the server says, at the start and after every message. */
  update({ data, setStateValue }) {
    const first = !this.data, other = first || this.data.key !== data.key;
    // while the server makes up its queue it names no labels: what is shown stays
    const told = data.labels.length || !this.labels ? data.labels : this.data.labels, labels = JSON.stringify(told);
    this.data = { ...data, labels: told };
    this.tell = setStateValue;
    if (this.labels !== labels) { this.labels = labels; this.relabel(); }
    if (first) this.outbox.attach((messages) => this.tell("outbox", messages));
    if (other) { this.works.clear(); this.line = []; this.place = 0; this.waiting = true; this.asked = 0; }
    answered(this, data);
    this.enqueue(data.queue || []);
    if (data.reply && this.sheet.onReply && data.reply.n === this.asked) this.sheet.onReply(data.reply);
    if (other || (this.waiting && this.work)) this.show();
    else this.status();
    if (first && !document.activeElement?.closest?.("input, textarea, [role=dialog]")) this.focus();
  }

  relabel() {
    this.map = keymap(this.data.labels);
    this.info = new Map(this.data.labels.map((label) => [label.n, { ...label, key: this.map.label.get(label.n) || "" }]));
    palette(this.at.palette, [...this.info.values()], this.map, this.data.task);
    buttons(this.at.actions, this.map, this.data);
    if (this.work) this.draw();
  }

  /** Take in the next items: new ones behind the others, changed ones where nobody worked on them. */
  enqueue(items) {
    const ahead = new Set(this.data.gone || []);
    this.line = this.line.filter((id, at) => at <= this.place || !ahead.has(id));
    const unsent = new Set(this.outbox.messages.filter(({ kind, key }) => saveable(kind) && key === this.data.key).map(({ id }) => id));
    for (const item of items) {
      // done before this part of the page was made anew, and not yet acknowledged
      if (unsent.has(item.id) && !this.works.has(item.id)) continue;
      const work = this.works.get(item.id), fresh = () => new Work(item, this.data.task, this.data.adjudicate);
      if (!work) { this.works.set(item.id, fresh()); this.line.push(item.id); }
      else if (work.done && !this.outbox.messages.some(({ id }) => id === item.id) && this.covers(work)) {
        const at = this.line.indexOf(item.id);
        if (at >= this.place) continue;
        this.line.splice(at, 1);
        this.place--;
        this.works.set(item.id, fresh());
        this.line.push(item.id);
      } else if (work.untouched && !this.outbox.messages.some(({ id }) => id === item.id)) this.refresh(work, item);
    }
  }

  /** Take an item nobody worked on as it is now; the one that is looked at only where its words or labels are others. */
  refresh(work, item) {
    const here = work === this.work && !this.waiting, { a, b } = work;
    if (here && (this.splitting || this.field.open || this.sheet.open || essence(work.item) === essence(item))) return;
    if (!here && JSON.stringify(work.item) === JSON.stringify(item)) return;
    work.start(item);
    if (!here) return;
    if (b < work.units.length) Object.assign(work, { a, b });
    this.draw();
  }

  /** Whether the server's queue was made after it had dealt with the last message about a work. */
  covers(work) {
    const acks = { ...(this.data.acks || {}), ...(this.data.ack ? { [this.data.ack.client]: this.data.ack.seq } : {}) };
    return work.seq === undefined || (acks[this.outbox.client] || 0) >= work.seq;
  }

  show() {
    const { work } = this;
    this.waiting = !work;
    this.began = now();
    this.keys = this.clicks = 0;
    this.last = null;
    this.at.lab.classList.toggle("idle", !work);
    if (work) return this.draw();
    this.chips.clear();
    this.status();
  }

  draw() {
    const { work } = this;
    this.splitting = null;
    this.field.close();
    texts(this.at.texts, work, this.data.dir);
    this.chips.draw(work, this.info, this.data.dir);
    this.at.lab.dataset.task = this.data.task;
    this.look();
  }

  /** After a move: the marks, what is read out, what stands beside. */
  look() {
    say(this.at.live, this.chips.mark());
    offers(this.at.offers, this.work);
    this.rail.show(this.work, this.info, this.map.shown);
    this.status();
  }

  status() {
    const unsent = this.outbox.messages.length;
    head(this.at, { work: this.work, data: this.data, unsent, late: this.outbox.tries > 1, left: Math.max(0, (this.data.left || 0) - this.pending()) });
    if (!this.work) say(this.at.live, this.at.empty.textContent);
  }

  /** Items done here that the server does not know of yet. */
  pending() { return new Set(this.outbox.waiting.get(this.outbox.client).filter(({ kind, first }) => first && saveable(kind)).map(({ id }) => id)).size; }

  select(a, b = a) {
    const { work } = this, most = work.units.length - 1, within = (at) => Math.max(0, Math.min(most, at));
    work.a = within(a);
    work.b = within(b);
    this.last = null;
    this.look();
  }

  assign(name, fresh) {
    const { work } = this, before = { token: work.first, label: work.labels[work.first] };
    if (this.data.readonly) return;
    const [from, to] = work.assign(name, fresh);
    this.chips.paint(from, to);
    this.look();
    this.last = before;
  }

  /** Show where the word at the cursor would be split. */
  caret() {
    const { parts, place } = this.splitting || {}, at = this.work.b;
    this.chips.caret(at, parts, place);
    say(this.at.live, parts ? `split into ${parts.slice(0, place).join("")} and ${parts.slice(place).join("")}` : "not split");
    say(this.at.hint, parts ? "Arrows move the cut, Enter splits, Esc leaves it." : "");
  }

  /** A short word to the user; gone with the next key. */
  hint(text) {
    say(this.at.hint, text);
    say(this.at.live, text);
  }

  /** Send a message about the item shown. */
  send(kind, more = {}) {
    const { work, data } = this;
    const [dataset] = data.key.split("|");
    const message = this.outbox.add({
      kind, id: work.id, version: work.version, tv: work.tv, key: data.key, dataset: data.dataset || dataset, who: data.who, blind: !!data.blind,
      ms: Math.round(now() - this.began), keys: this.keys, clicks: this.clicks, token: null, text: "", ...more,
    });
    work.seq = message.seq;
    return message;
  }

  ask(spec) {
    this.asked++;
    this.tell("ask", { n: this.asked, what: "repeat", key: this.data.key, spec });
  }

  next() {
    this.place++;
    this.show();
  }

  key(event) {
    if (this.sheet.open || event.isComposing) return;
    const { work } = this;
    if (event.target.closest?.("input, textarea")) return;
    if (!work) {
      if (event.key === "Tab" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "PageUp" || event.key.toLowerCase() === "b") run(this, { id: "back" }, event);
    } else {
      const found = command(event, this.map, this.data.adjudicate ? 9 : 3);
      // a key held down repeats moves and undo, never a decision
      const again = event.repeat && found && ["accept", "label", "suggestion", "skip", "flag"].includes(found.id);
      if (!found || (!again && !this.does(found, event))) return;
    }
    // otherwise the page's own keys would act as well
    event.preventDefault();
    event.stopPropagation();
  }

  /** Do what a key asks for and count it; false where it means nothing here. */
  does(found, event) {
    this.keys++;
    if (!this.splitting) say(this.at.hint, "");
    const did = run(this, found, event);
    if (did === false) this.keys--;
    return did !== false;
  }

  click(event) {
    const { target } = event;
    if (this.sheet.open || target.closest("input, .notice")) return;
    const button = target.closest("[data-do], [data-label], [data-offer], .chip");
    if (!button || (!this.work && button.dataset.do !== "back")) return;
    this.clicks++;
    event.preventDefault();
    const { dataset } = button;
    const cursor = button.closest(".chip");
    if (cursor && !this.work.whole) this.select(event.shiftKey ? this.work.a : +cursor.dataset.at, +cursor.dataset.at);
    if (dataset.do) run(this, { id: dataset.do }, event);
    else if (dataset.label !== undefined) run(this, { id: "label", name: dataset.label }, event);
    else if (dataset.offer !== undefined) run(this, { id: "suggestion", n: +dataset.offer }, event);
    else if (cursor && this.work.whole) run(this, { id: "label", name: this.data.labels[+cursor.dataset.at].n }, event);
    if (!this.sheet.open && !this.field.open) this.focus();
  }

  dispose() { this.outbox.detach(); }
}
