// What opens over the sentence: all keys, a label chosen by its name, and "repeat for the same form".
import { el, percent, plural, visible } from "./text.js";
import { FUNCTIONS } from "./keys.js";

const MOVES = [
  ["\u2190 \u2192", "Word to word, in reading direction"], ["Ctrl+\u2190 Ctrl+\u2192  < >", "Five words at once"], ["\u2191 \u2193", "Line to line"], ["Home End", "First and last word"],
  ["Shift + move", "Select several words"], ["Tab  Shift+Tab", "Next and last unsure word"], ["1 2 3", "Take a suggestion"],
];
const SPANS = [["Same key again", "The entity goes on: three times labels three words"], ["Shift + label", "A new entity right behind one of its type"], ["Space", "Select the whole entity"], ["Backspace", "No entity: clears the whole of it"]];
const JUDGED = [["1 \u2013 9", "Take the label that stands in that place beneath the word"]];

/** A <dialog> that closes on Escape and gives the focus back. */
export class Sheet {
  constructor(host, closed) {
    this.node = el("dialog", "sheet");
    this.node.addEventListener("close", () => { this.onKey = null; this.onReply = null; closed(); });
    this.node.addEventListener("keydown", (event) => this.key(event));
    this.node.addEventListener("pointerdown", (event) => { if (event.target === this.node) this.node.close(); });
    host.append(this.node);
  }

  get open() { return this.node.open; }

  show(title, children, focus) {
    const head = el("h2", "", title), close = el("button", "plain", "Close"), body = el("div", "inside");
    close.type = "button";
    close.append(el("kbd", "", "Esc"));
    close.addEventListener("click", () => this.node.close());
    const top = el("header");
    top.append(head, close);
    body.append(top, ...children);
    this.node.replaceChildren(body);
    this.node.setAttribute("aria-label", title);
    if (!this.node.open) this.node.showModal();
    (focus || close).focus({ preventScroll: true });
  }

  key(event) {
    event.stopPropagation();
    if (event.key === "Escape") { event.preventDefault(); this.node.close(); return; }
    if (this.onKey && !event.isComposing) this.onKey(event);
  }
}

function table(rows) {
  const list = el("dl", "keys");
  for (const [keys, told] of rows) {
    const term = el("dt");
    for (const key of keys) term.append(el("kbd", "", key));
    list.append(term, el("dd", "", told));
  }
  return list;
}

export function help(sheet, { map, labels, task, adjudicate, readonly }) {
  const moves = [...MOVES.filter(([keys]) => !(adjudicate && keys === "1 2 3")), ...(adjudicate ? JUDGED : []), ...(task === "ner" ? SPANS : [])];
  const columns = el("div", "columns");
  const column = (title, rows) => { const box = el("section"); box.append(el("h3", "", title), table(rows)); columns.append(box); };
  column("Labels", labels.map(({ n, key }) => [[key ? key.toUpperCase() : map.shown.get("choose")[0]], n]));
  column("Moving and choosing", moves.map(([keys, told]) => [[keys], told]));
  if (!readonly) column("Doing", FUNCTIONS.map(({ id, title }) => [map.shown.get(id), title]));
  sheet.show("All keys", [columns]);
  sheet.onKey = (event) => { if (event.key === "?" || event.key === "Enter") { event.preventDefault(); sheet.node.close(); } };
}

/** Type part of a label's name; Enter takes the first that fits, arrows another. */
export function choose(sheet, labels, taken) {
  const input = el("input"), list = el("ul", "choices");
  let fits = [], at = 0;
  input.setAttribute("aria-label", "Part of the label's name");
  const draw = () => {
    const wanted = input.value.trim().toLowerCase();
    fits = labels.filter(({ n, d }) => n.toLowerCase().includes(wanted) || (wanted.length > 2 && (d || "").toLowerCase().includes(wanted)));
    fits.sort((a, b) => Number(b.n.toLowerCase().startsWith(wanted)) - Number(a.n.toLowerCase().startsWith(wanted)));
    at = Math.max(0, Math.min(at, fits.length - 1));
    list.replaceChildren(...fits.map(({ n, c, d }, place) => {
      const line = el("li", place === at ? "on" : "");
      line.style.setProperty("--c", c);
      line.append(el("b", "", n), el("span", "", d || ""));
      line.addEventListener("click", () => take(n));
      return line;
    }));
    const on = list.children[at];
    if (on) on.scrollIntoView({ block: "nearest" });
  };
  const take = (name) => { sheet.node.close(); taken(name); };
  input.addEventListener("input", () => { at = 0; draw(); });
  sheet.show("Label by name", [input, list], input);
  draw();
  sheet.onKey = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { at += step; draw(); event.preventDefault(); }
    if (event.key === "Enter" && fits[at]) { event.preventDefault(); take(fits[at].n); }
  };
}

const HOWS = [
  ["form", "wherever it stands"],
  ["form+label", "where it has the same label now"],
  ["confidence", "where the model was less sure than"],
  ["pattern", "every word that fits a pattern"],
];

/** "The same for this form": every change is shown before it is made. `ask(spec)` asks the server, `apply(spec, reply)` does it. */
export function repeat(sheet, spec, ask, apply) {
  const state = { how: "form", pattern: "", threshold: 0.8, case: true }, hows = el("div", "hows"), told = el("p", "told"), list = el("div", "changes"), warn = el("p", "quiet");
  const pattern = el("input"), what = el("p"), go = el("button", "primary", "Apply"), by = el("kbd", "", "Enter");
  let reply = null, timer = 0;
  told.setAttribute("role", "status");
  list.tabIndex = 0;
  list.setAttribute("role", "region");
  list.setAttribute("aria-label", "Changes");
  pattern.setAttribute("aria-label", "Pattern: a regular expression for the whole word");
  pattern.placeholder = "regular expression for the whole word, such as .*ing";
  go.type = "button";
  go.append(by);
  const whole = () => ({ ...spec, how: state.how, pattern: state.how === "pattern" ? state.pattern : "", threshold: state.how === "confidence" ? state.threshold : null, case: state.case });
  const request = () => {
    clearTimeout(timer);
    reply = null;
    draw();
    if (state.how !== "pattern" || state.pattern) timer = setTimeout(() => ask(whole()), state.how === "pattern" ? 200 : 0);
  };
  const set = (change) => { Object.assign(state, change); request(); if (state.how === "pattern") pattern.focus(); else list.focus({ preventScroll: true }); };
  const done = () => { if (reply && reply.total) { const found = reply; sheet.node.close(); apply(whole(), found); } };
  go.addEventListener("click", done);
  pattern.addEventListener("input", () => { state.pattern = pattern.value; request(); });
  what.append("Every ", visible(el("b"), spec.form), " becomes ", el("b", "", spec.label), ":");
  function draw() {
    hows.replaceChildren(...HOWS.map(([how, title], at) => {
      const button = el("button", how === state.how ? "how on" : "how");
      button.type = "button";
      button.setAttribute("aria-pressed", String(how === state.how));
      const tail = how === "form+label" ? ` (${spec.label_before || "none"})` : how === "confidence" ? ` ${percent(state.threshold)}  \u2212 +` : "";
      button.append(el("kbd", "", String(at + 1)), title + tail);
      button.addEventListener("click", () => set({ how }));
      return button;
    }));
    const letters = el("button", state.case ? "how on" : "how");
    letters.type = "button";
    letters.setAttribute("aria-pressed", String(state.case));
    letters.append(el("kbd", "", "C"), "capitals count");
    letters.addEventListener("click", () => set({ case: !state.case }));
    hows.append(letters);
    pattern.hidden = state.how !== "pattern";
    const n = reply ? reply.total : 0;
    told.textContent = reply ? (n ? `${plural(n, "change")} in ${plural(reply.items, "sentence")}` : "Nothing would change.") : state.how === "pattern" && !state.pattern ? "Type a pattern." : "Working out the changes\u2026";
    warn.textContent = reply && reply.message ? reply.message : reply && reply.changes.length < n ? `The first ${reply.changes.length} are shown.` : "";
    go.disabled = !n;
    list.replaceChildren(...(reply ? reply.changes.map(change) : []));
  }
  sheet.show("Repeat for the same form", [what, hows, pattern, told, warn, list, go], list);
  request();
  sheet.onReply = (said) => { reply = said; draw(); };
  sheet.onKey = (event) => {
    if (event.key === "Enter") { event.preventDefault(); done(); return; }
    if (event.target === pattern) return;
    const how = HOWS[+event.key - 1];
    if (how) { event.preventDefault(); set({ how: how[0] }); }
    if (event.key.toLowerCase() === "c") { event.preventDefault(); set({ case: !state.case }); }
    const step = { "+": 0.05, "-": -0.05 }[event.key];
    if (step && state.how === "confidence") { event.preventDefault(); set({ threshold: Math.min(1, Math.max(0.05, Math.round((state.threshold + step) * 100) / 100)) }); }
  };
}

function change({ form, before, after, left, right, confidence }) {
  const line = el("div", "change"), text = el("bdi");
  visible(text, left ? left + " " : "");
  text.append(visible(el("b"), form));
  visible(text, right ? " " + right : "");
  line.append(text, el("span", "from", `${before || "none"}${typeof confidence === "number" ? " " + percent(confidence) : ""}`), el("span", "to", after));
  return line;
}
