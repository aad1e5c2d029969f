// The screen's skeleton and the parts of it that change with the data, not with every key.
import { FUNCTIONS } from "./keys.js";
import { direction, el, plural, say, visible } from "./text.js";

/** Build the parts under `root`; they are found again by the names they have here. */
export function frame(root) {
  const at = {};
  const part = (name, tag, cls, parent) => { at[name] = el(tag, cls); if (parent) parent.append(at[name]); return at[name]; };
  const lab = part("lab", "div", "lab", root);
  part("notices", "div", "notices", lab);
  const columns = part("columns", "div", "cols", lab), main = part("main", "div", "main", columns), top = part("top", "div", "top", main);
  for (const name of ["id", "why", "flag", "left", "saved"]) part(name, "span", name, top);
  at.saved.setAttribute("role", "status");
  part("empty", "p", "empty", main);
  part("texts", "div", "texts", main);
  const toks = part("toks", "div", "toks", main);
  toks.tabIndex = 0;
  toks.setAttribute("role", "listbox");
  toks.setAttribute("aria-label", "Words of this sentence with their labels");
  part("field", "div", "field", main);
  const under = part("under", "div", "under", main);   // always there: what stands below must not jump
  part("offers", "div", "offers", under);
  part("hint", "p", "hint", under);
  part("palette", "div", "palette", main);
  part("actions", "div", "actions", main);
  const rail = part("rail", "aside", "rail", columns);
  rail.setAttribute("aria-label", "About the label, the word and the sentence at the cursor");
  part("live", "div", "unseen", lab);
  at.live.setAttribute("aria-live", "polite");
  return at;
}

function button(cls, key, text, data) {
  const node = el("button", cls);
  node.type = "button";
  node.tabIndex = -1;             // every one of them is a key
  Object.assign(node.dataset, data);
  node.append(el("kbd", "", key), el("span", "", text));
  return node;
}

export function palette(node, labels, map, task) {
  node.hidden = task === "nli" || task === "topic";
  node.replaceChildren(...labels.map((label) => {
    const key = button("key", label.key ? label.key.toUpperCase() : map.shown.get("choose")[0], label.n, { label: label.n });
    key.style.setProperty("--c", label.c);
    key.title = label.d || label.n;
    return key;
  }));
}

const FOR_WORDS = new Set(["split", "merge", "respell", "gloss", "repeat"]);
const READING = new Set(["accept", "back", "help"]);
const AT_HAND = new Set(["accept", "back", "undo", "skip", "flag", "comment", "repeat", "split", "merge", "respell", "help"]);

export function buttons(node, map, { task, readonly }) {
  const whole = task === "nli" || task === "topic";
  const fits = ({ id }) => AT_HAND.has(id) && (!readonly || READING.has(id)) && !(whole && FOR_WORDS.has(id));
  node.replaceChildren(...FUNCTIONS.filter(fits).map(({ id, title }) => {
    const keys = map.shown.get(id), told = readonly && id === "accept" ? "Next" : title;
    const made = button(id === "accept" ? "act first" : "act", keys[0] || "", told, { do: id });
    made.title = `${told}: ${keys.join(", ")}`;
    return made;
  }));
}

/** Premise and hypothesis, or a document; nothing for sentences, whose words are chips. */
export function texts(node, work, dir) {
  node.hidden = !work.whole;
  node.replaceChildren(...(work.whole ? work.item.texts : []).map(({ n, t }) => {
    const part = el("div", t.length > 900 ? "text long" : "text"), body = el("bdi");
    if (n) part.append(el("span", "name", n));
    body.dir = work.item.dir || dir || direction([t]);
    visible(body, t);
    part.append(body);
    if (t.length > 900) { part.tabIndex = 0; part.setAttribute("role", "region"); part.setAttribute("aria-label", n || "Text"); }
    return part;
  }));
}

/** The line above the sentence: which one, why it is here, how many are left, whether all is saved. */
export function head(at, { work, data, unsent, late, left }) {
  say(at.id, work ? work.item.head || `#${work.id}` : "");
  say(at.why, work ? work.item.why || "" : "");
  say(at.flag, work && work.item.flag ? "\u2691 flagged" : "");
  say(at.left, [data.of, plural(left, "item") + " left"].filter(Boolean).join(" \u00B7 "));
  const kept = `${plural(unsent, "edit")} kept in this browser, not yet saved`;
  say(at.saved, data.readonly ? "read only" : !unsent ? "\u2713 saved" : late ? kept : "saving\u2026");
  at.saved.classList.toggle("late", late && unsent > 0);
  say(at.empty, work ? "" : data.done ? "Nothing is left in this queue." : "Loading the next items\u2026");
}
