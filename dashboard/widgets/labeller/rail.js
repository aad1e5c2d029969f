// Beside the sentence: what is known of the label, the word and the sentence. Redrawn part by part, only where it changed.
import { type } from "./bio.js";
import { el, percent, plural, visible } from "./text.js";

const PARTS = ["label", "word", "others", "sentence", "comments"];

function heading(text, key) {
  const node = el("h3", "", text);
  if (key) node.append(el("kbd", "", key));
  return node;
}

function lines(rows) {
  const list = el("dl");
  for (const [name, value, color, key] of rows) {
    const term = el("dt"), told = el("dd");
    visible(term, name);
    if (key) term.append(el("kbd", "", key));
    visible(told, value);
    if (color) { told.style.setProperty("--c", color); told.className = "tinted"; }
    list.append(term, told);
  }
  return list;
}

export class Rail {
  constructor(node) {
    this.node = node;
    this.parts = Object.fromEntries(PARTS.map((name) => [name, el("section", name)]));
    this.drawn = {};
    node.append(...Object.values(this.parts));
  }

  /** Show what belongs to the cursor of a work. `shown`: function -> its keys. */
  show(work, info, shown) {
    const at = work.b, unit = work.units[at], label = work.labels[at];
    const color = (name) => (info.get(type(name)) || { c: "" }).c;
    this.part("label", [type(label || "")], () => this.label(info.get(type(label || ""))));
    this.part("word", [work.whole ? "" : unit.f, unit.n, unit.e], () => this.word(unit, color, shown));
    this.part("others", [work.adjudicate, unit.o], () => this.others(work, at, color));
    const { texts, translations, transliteration } = work.item;
    const gloss = work.whole ? null : [unit.g, unit.r];
    this.part("sentence", [work.id, translations, transliteration, gloss, texts], () => this.sentence(work, unit, shown));
    this.part("comments", [work.id, work.item.comments], () => this.comments(work.item.comments || [], shown));
  }

  part(name, key, draw) {
    const said = JSON.stringify(key);
    if (this.drawn[name] === said) return;
    this.drawn[name] = said;
    const nodes = draw();
    this.parts[name].replaceChildren(...nodes);
    this.parts[name].hidden = !nodes.length;
  }

  label(info) {
    if (!info) return [];
    const title = heading(info.n, info.key.toUpperCase()), nodes = [title];
    title.style.setProperty("--c", info.c);
    title.className = "tinted";
    if (info.d) nodes.push(el("p", "guideline", info.d));
    const list = el("ul", "examples");
    for (const [left, form, right] of info.x || []) {
      const line = el("li"), text = el("bdi");
      if (left) visible(text, left + " ");
      text.append(visible(el("b"), form));
      if (right) visible(text, " " + right);
      line.append(text);
      list.append(line);
    }
    if (list.children.length) nodes.push(el("h4", "", "Examples"), list);
    return nodes;
  }

  word(unit, color, shown) {
    if (!unit.f || !unit.n) return [];
    const title = heading("The same form elsewhere", shown.get("repeat")[0]), most = Math.max(...(unit.e || []).map(([, n]) => n), 1);
    const list = el("ul", "bars");
    for (const [label, n] of unit.e || []) {
      const line = el("li"), bar = el("span", "bar");
      bar.style.setProperty("--c", color(label) || "#8A8F98");
      bar.style.width = `${Math.max(2, (n / most) * 100)}%`;
      line.append(el("span", "name", label), el("span", "n", String(n)), bar);
      list.append(line);
    }
    const told = el("p", "quiet"), form = el("bdi");
    visible(form, unit.f);
    told.append(form, ` stands ${plural(unit.n, "more time")} in this data set.`);
    return list.children.length ? [title, told, list] : [title, told];
  }

  others(work, at, color) {
    const rows = (work.units[at].o || []).map(([who, label]) => [who, label, color(label)]);
    return rows.length ? [heading(work.adjudicate ? "What others said" : "Other runs and people"), lines(rows)] : [];
  }

  sentence(work, unit, shown) {
    const rows = [];
    const add = (name, text, key) => { if (text) rows.push([name, text, "", key]); };
    if (!work.whole) { add("Gloss", unit.g, shown.get("gloss")[0]); add("Word transliterated", unit.r, ""); }
    add("Transliteration", work.item.transliteration, shown.get("transliteration")[0]);
    for (const { name, code, text } of work.item.translations || []) add(name || code, text, shown.get("translation")[0]);
    return rows.length ? [heading("This sentence"), lines(rows)] : [];
  }

  comments(comments, shown) {
    const rows = comments.map(([who, when, text]) => [`${who}${when ? ", " + when : ""}`, text]);
    return rows.length ? [heading("Comments", shown.get("comment")[0]), lines(rows)] : [];
  }
}

/** The suggestions at the cursor as buttons: digit, label, confidence, and who said it where others are judged. */
export function offers(node, work) {
  const at = work.b, unit = work.units[at], name = (label) => (work.task === "ner" ? type(label) : label);
  const others = () => work.others(at).map(([label, who]) => [label, who.join(", ")]);
  const suggested = () => (unit.s || []).slice(0, 3).map(([label, p]) => [name(label), typeof p === "number" ? percent(p) : ""]);
  const rows = work.adjudicate ? others() : suggested();
  if (rows.length === 1 && rows[0][0] === name(work.shown[at])) rows.pop();   // it says nothing new
  const key = JSON.stringify(rows);
  if (node.dataset.shown === key) return;
  node.dataset.shown = key;
  node.replaceChildren(...rows.map(([label, told], n) => {
    const button = el("button", "offer");
    button.type = "button";
    button.tabIndex = -1;
    button.dataset.offer = n;
    button.append(el("kbd", "", n < 9 ? String(n + 1) : ""), el("b", "", label), el("span", "", told));
    return button;
  }));
}
