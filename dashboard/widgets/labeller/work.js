// One item being worked on: its words and labels now, and every step back. No screen.
import { parted, repaired, spanned, type } from "./bio.js";
import { isUnsure } from "./text.js";

export class Work {
  constructor(item, task, adjudicate) {
    this.task = task;
    this.whole = task === "nli" || task === "topic";
    this.adjudicate = adjudicate;
    this.start(item);
  }

  /** Begin with an item as the server tells it. */
  start(item) {
    this.item = item;
    this.id = item.id;
    this.version = item.version;
    this.tv = item.tv;
    this.units = this.whole ? [{ f: "", ...(item.item || { l: "", c: null, s: [] }) }] : item.tokens;
    this.shown = this.units.map((unit) => (this.task === "ner" && !unit.l ? "O" : unit.l || ""));
    this.labels = this.shown.slice();
    this.touched = this.units.map(() => false);
    this.past = [];
    this.future = [];
    this.done = false;
    this.saved = null;
    this.kept = null;               // the labels as they were accepted
    this.retokened = false;
    this.a = this.b = Math.max(0, this.next(-1, 1));
  }

  get first() { return Math.min(this.a, this.b); }
  get last() { return Math.max(this.a, this.b); }
  get untouched() { return !this.past.length && !this.future.length && !this.done && !this.touched.includes(true); }
  get unlabelled() { return this.labels.filter((label) => !label).length; }
  /** Whether a human stands behind the label at a place. */
  human(at) { return this.touched[at] || !!this.units[at].h || (this.kept !== null && this.kept[at] === this.labels[at]); }

  /** The labels others gave a unit, each once, with who gave it: [[label, [who..]]..]. */
  others(at) {
    const found = new Map();
    for (const [who, label] of this.units[at].o || []) found.set(label, [...(found.get(label) || []), who]);
    return [...found];
  }

  /** What the digits stand for at a place: the labels others gave, where they are judged; else the suggestions. */
  offers(at) {
    if (this.adjudicate) return this.others(at).map(([label]) => label);
    return (this.units[at].s || []).slice(0, 3).map(([label]) => label);
  }

  unsure(at) {
    if (this.done || this.touched[at]) return false;
    const unit = this.units[at];
    if (!this.labels[at] || unit.u) return true;
    if (this.adjudicate) return this.others(at).length > 1;
    return !unit.h && isUnsure(unit.c);
  }

  /** The next unsure place before or behind one; -1 where there is none. */
  next(from, step) {
    for (let at = from + step; at >= 0 && at < this.units.length; at += step) if (this.unsure(at)) return at;
    return -1;
  }

  step(changes, a = this.a, b = this.b) {
    this.past.push(this.snapshot());
    this.future = [];
    Object.assign(this, changes, { a, b });
  }

  snapshot() {
    const { units, labels, touched, a, b, batch, retokened } = this;
    return { units, labels, touched, a, b, batch, retokened };
  }

  /** Give the selection a label (an entity type in NER) and step on. Returns the places that may look different. */
  assign(name, fresh = false) {
    const { first, last } = this, touched = this.touched.slice();
    let labels = this.labels.slice();
    if (this.task === "ner") labels = spanned(labels, first, last, type(name), fresh || first !== last);
    else labels.fill(name, first, last + 1);
    touched.fill(true, first, last + 1);
    const on = Math.min(last + 1, labels.length - 1);
    this.step({ labels, touched, batch: null }, on, on);
    return [Math.max(0, first - 1), Math.min(labels.length - 1, last + 1)];
  }

  /** Words first..last become `forms`; labels outside keep their place. */
  retoken(first, last, forms) {
    const unit = this.units[first], same = forms.length === 1 && first === last;
    const blank = { ...unit, c: null, s: [], o: [], n: 0, e: [], h: false, g: "", r: "", u: true };
    const fresh = forms.map((form) => (same ? { ...unit, f: form, n: 0, e: [] } : { ...blank, f: form }));
    const put = (all, parts) => [...all.slice(0, first), ...parts, ...all.slice(last + 1)];
    const labels = put(this.labels, parted(this.labels[first], forms.length));
    const touched = put(this.touched, forms.map(() => same && this.touched[first]));
    const changes = { units: put(this.units, fresh), labels: this.task === "ner" ? repaired(labels) : labels, touched, batch: null, retokened: true };
    this.kept = null;
    this.step(changes, first, first);
  }

  /** A bulk action was done from here: its undo belongs to this item's steps. */
  bulk(batch, spec) { this.step({ batch: { id: batch, spec } }); }

  /** One step back (or forth again). Returns what was taken back: "labels", "tokens" or the bulk action; null for nothing. */
  turn(back) {
    const [from, to] = back ? [this.past, this.future] : [this.future, this.past];
    const step = from.pop();
    if (!step) return null;
    const now = this.snapshot(), tokens = step.units !== this.units;
    to.push(now);
    Object.assign(this, step);
    const bulk = back ? now.batch : step.batch;
    if (bulk && step.labels === now.labels) return bulk;
    return tokens ? "tokens" : "labels";
  }

  /** The labels to save: an I- without a beginning is read as one. */
  final() { return this.task === "ner" ? repaired(this.labels) : this.labels.slice(); }
  get changed() { return this.final().some((label, at) => label !== this.shown[at]) || this.labels.length !== this.shown.length; }
  close() {
    this.done = true;
    this.kept = this.final();
    this.saved = this.kept.join("\n");
  }

  /** Whether anything has to be said to the server. */
  get fresh() { return this.saved === null || this.saved !== this.final().join("\n"); }
}
