// The words as a row of chips, or the labels of a whole item: what is drawn, and where the cursor stands.
import { legal, type } from "./bio.js";
import { band, direction, el, percent, say, spoken, visible } from "./text.js";

const BESIDE = ["r", "g"];      // what stands under a word where any word of the sentence has it

function sureness(unit) {
  return unit.c === null || unit.c === undefined ? "" : `, confidence ${Math.round(unit.c * 100)} percent`;
}

export class Chips {
  constructor(grid) {
    this.grid = grid;
    this.chips = [];
  }

  draw(work, info, dir) {
    this.work = work;
    this.info = info;               // label or entity type -> {n, k, c, d, x}
    this.dir = work.item.dir || dir || direction(work.whole ? work.item.texts.map(({ t }) => t) : work.units.map(({ f }) => f));
    this.grid.dir = work.whole ? "ltr" : this.dir;
    this.grid.classList.toggle("answers", work.whole);
    this.grid.setAttribute("aria-multiselectable", String(!work.whole));
    this.grid.setAttribute("aria-label", work.whole ? "Labels of this item" : "Words of this sentence with their labels");
    this.chips = work.whole ? [...info.values()].map((label) => this.answer(label)) : this.words();
    this.grid.replaceChildren(...this.chips.map(({ node }) => node));
    this.paintAll();
  }

  clear() {
    this.chips = this.marked = [];
    this.grid.replaceChildren();
    this.grid.removeAttribute("aria-activedescendant");
  }

  words() {
    const { units } = this.work, has = BESIDE.filter((name) => units.some((unit) => unit[name]));
    return units.map((unit, at) => {
      const node = el("span", "chip"), form = visible(el("bdi", "form"), unit.f), label = el("span", "lbl");
      node.append(form);
      for (const name of has) node.append(unit[name] ? visible(el("bdi", "gloss"), unit[name]) : el("bdi", "gloss"));
      node.append(label);
      const chip = { node, form, label };
      if (this.work.adjudicate) node.append(...this.judged(at));
      return this.option(chip, at);
    });
  }

  option(chip, at) {
    chip.node.id = `unit${at}`;
    chip.node.dataset.at = at;
    chip.node.setAttribute("role", "option");
    chip.node.setAttribute("aria-selected", "false");
    return chip;
  }

  /** The labels others gave, beneath the word: the digit that takes each, and who gave it. */
  judged(at) {
    return this.work.others(at).map(([label, who], n) => {
      const line = el("span", "other"), said = el("span");
      line.style.setProperty("--c", this.color(label));
      said.append(el("i", "", n < 9 ? String(n + 1) : ""), el("b", "", label));
      line.append(said, el("span", "who", who.length > 2 ? `${who.length}\u00D7` : who.join(", ")));
      line.title = `${label}: ${who.join(", ")}`;
      line.dataset.offer = n;
      return line;
    });
  }

  answer(info) {
    const node = el("span", "chip"), form = el("span", "form", info.n), label = el("span", "lbl"), key = el("kbd", "", info.key.toUpperCase());
    node.append(key, form, label);
    node.style.setProperty("--c", info.c);
    return this.option({ node, form, label, name: info.n }, this.work.whole ? [...this.info.keys()].indexOf(info.n) : 0);
  }

  color(label) {
    const info = this.info.get(type(label));
    return info ? info.c : "#8A8F98";
  }

  paintAll() { this.paint(0, this.chips.length - 1); }

  paint(from, to) {
    if (this.work.whole) this.chips.forEach((chip) => this.paintAnswer(chip));
    else for (let at = from; at <= to && at < this.chips.length; at++) this.paintWord(at);
  }

  paintWord(at) {
    const { work } = this, unit = work.units[at], label = work.labels[at], { node, label: text } = this.chips[at];
    const human = work.human(at), bad = work.task === "ner" && !legal(work.labels, at), ner = work.task === "ner";
    node.style.setProperty("--c", this.color(label));
    node.style.setProperty("--o", human || unit.c === null || unit.c === undefined ? "1" : (0.35 + 0.65 * unit.c).toFixed(2));
    node.dataset.conf = !label ? "low" : human ? "human" : unit.u || (work.adjudicate && work.unsure(at)) ? "mid" : band(unit.c);
    node.dataset.bio = label === "O" || !label ? "O" : bad ? "B" : ner ? label[0] : "";
    node.classList.toggle("bad", bad);
    say(text, !label ? "\u2013" : !ner ? label : label === "O" ? "" : bad ? "? " + type(label) : label[0] === "I" ? "\u00B7" : type(label));
    const sure = human ? ", human" : bad ? ", continues nothing" : sureness(unit);
    node.setAttribute("aria-label", `${spoken(unit.f)}, ${label || "no label"}${sure}`);
  }

  paintAnswer(chip) {
    const { work } = this, unit = work.units[0], on = work.labels[0] === chip.name, human = on && work.human(0);
    const found = (unit.s || []).find(([label]) => label === chip.name), sure = found ? found[1] : chip.name === unit.l ? unit.c : null;
    chip.node.classList.toggle("on", on);
    chip.node.dataset.conf = !on ? "none" : human ? "human" : band(sure);
    const told = human ? "human" : sure === null || sure === undefined ? "" : percent(sure);
    const others = work.adjudicate ? work.others(0).find(([label]) => label === chip.name) : null;
    say(chip.label, others ? others[1].join(", ") : told);
    chip.node.setAttribute("aria-label", `${chip.name}${told ? ", " + told : ""}${on ? ", chosen" : ""}`);
  }

  /** Move the marks of the selection from where they were to where the work says they are. */
  mark() {
    const { first, last, b } = this.work, on = this.work.whole ? this.place() : null;
    const [low, high, cursor] = on === null ? [first, last, b] : [on, on, on];
    for (const at of this.marked || []) if ((at < low || at > high) && this.chips[at]) this.light(at, false, false);
    this.marked = [];
    for (let at = low; at <= high && at < this.chips.length; at++) { this.light(at, true, at === cursor); this.marked.push(at); }
    const chip = this.chips[cursor];
    if (!chip) return "";
    this.grid.setAttribute("aria-activedescendant", chip.node.id);
    if (this.grid.scrollHeight > this.grid.clientHeight || !this.work.whole) chip.node.scrollIntoView({ block: "nearest" });
    return chip.node.getAttribute("aria-label");
  }

  place() { return Math.max(0, this.chips.findIndex(({ name }) => name === this.work.labels[0])); }

  light(at, on, cursor) {
    const { node } = this.chips[at];
    node.classList.toggle("sel", on);
    node.classList.toggle("cur", cursor);
    node.setAttribute("aria-selected", String(on));
  }

  /** The nearest word on the line above (-1) or below (1); -1 where there is none. */
  vertical(step) {
    const here = this.chips[this.work.b].node.getBoundingClientRect(), middle = (here.left + here.right) / 2;
    let best = -1, near = [Infinity, Infinity];
    this.chips.forEach(({ node }, at) => {
      const box = node.getBoundingClientRect(), down = (box.top - here.top) * step, aside = Math.abs((box.left + box.right) / 2 - middle);
      if (down < here.height / 2) return;
      if (down < near[0] - 4 || (Math.abs(down - near[0]) <= 4 && aside < near[1])) { best = at; near = [down, aside]; }
    });
    return best;
  }

  /** Show a word as its characters with a caret before one of them; without a place, as it is. */
  caret(at, parts, place) {
    const { form, node } = this.chips[at];
    node.classList.toggle("split", place !== undefined);
    form.replaceChildren();
    if (place === undefined) return void visible(form, this.work.units[at].f);
    visible(form, parts.slice(0, place).join(""));
    form.append(el("span", "caret"));
    visible(form, parts.slice(place).join(""));
  }
}
