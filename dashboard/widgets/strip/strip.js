// Sentences as chips, read-only. Corpus text reaches the page through textContent alone.
// data: {dir, cards, legend, rows:[stage name..], about:{label: guideline}, pick, picked, blocks:[{rank, note, tag, rows?, dir?, texts:[{n, t}], under:[{n, t}],
//        tokens:[{f, l:[[label, color, confidence|null]..], k, g: gloss, r: transliteration, s: share of the evidence}],
//        answers:[{n, l, c, p, k}], bars:[{n, v, t}], covers:[[label, color]..]}]}
const SHOWN = new WeakMap();
const NAMES = { "\u00A0": "NBSP", "\u00AD": "SHY", "\u200B": "ZWSP", "\u200E": "LRM", "\u200F": "RLM", "\u2060": "WJ", "\uFEFF": "BOM", "\t": "TAB", "\n": "LF", "\r": "CR", "\u3000": "IDSP" };
// joiners shape the letters beside them, so they stay in the text and are named in the details instead
const INVISIBLE = /[\u0000-\u001F\u007F-\u00A0\u00AD\u061C\u180E\u2000-\u200B\u200E\u200F\u2028-\u202F\u205F-\u206F\u3000\uFEFF\uFFF9-\uFFFB]/u;
const JOINERS = /[\u200C\u200D]/u;
const code = (ch) => "U+" + ch.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
const meaning = (about, label) => (Object.hasOwn(about, type(label)) ? about[type(label)] : "");
const percent = (p) => Math.round(p * 100) + " percent";

function el(tag, cls, text) {
  const node = document.createElement(tag);
  if (cls) node.className = cls;
  if (text !== undefined) node.textContent = text;
  return node;
}

function visible(parent, text) {
  if (/^\p{M}/u.test(text)) parent.append("\u25CC");
  let plain = "";
  for (const ch of text) {
    const inner = ch === " " && text.trim() === "";
    if (!inner && !INVISIBLE.test(ch)) { plain += ch; continue; }
    if (plain) { parent.append(plain); plain = ""; }
    const glyph = el("span", "glyph", inner ? "\u2423" : NAMES[ch] || code(ch));
    glyph.title = code(ch);
    parent.append(glyph);
  }
  if (plain) parent.append(plain);
  if (text === "") parent.append(el("span", "glyph", "empty"));
}

const type = (label) => (label[1] === "-" && (label[0] === "B" || label[0] === "I") ? label.slice(2) : label);
const band = (p) => (p === null || p === undefined ? "none" : p < 0.5 ? "low" : p < 0.8 ? "mid" : "high");

function described(form, labels, rows, kind) {
  const parts = labels.map(([label, , p], i) => `${rows[i]} ${label || "no label"}${p === null || p === undefined ? "" : ", confidence " + percent(p)}`);
  const joiner = JOINERS.test(form) ? ", contains a zero-width joiner" : "";
  return `\u2068${form}\u2069${joiner}: ${parts.join("; ")}${kind && kind !== "right" ? " (" + (kind === "wrong" && rows.length > 2 ? "wrong in both" : kind) + ")" : ""}`;
}

const BESIDE = ["r", "g"];      // what stands between a word and its label where any word of the sentence has it

const broken = (label, before) => label.startsWith("I-") && !(before && before[1] === "-" && type(before) === type(label));

function chip(token, rows, before, about, has) {
  const node = el("span", "chip"), [label, color, p] = token.l[0], single = rows.length === 1;
  const bad = single && broken(label, before), same = token.l.every(([other]) => other === label);
  const form = el("bdi", "form");
  visible(form, token.f);
  node.append(form);
  const tint = token.l[Math.max(0, rows.indexOf("Stage II"))][1];
  node.style.setProperty("--c", tint);
  node.style.setProperty("--o", String(single && p !== null ? 0.3 + 0.7 * p : 1));
  node.dataset.conf = single ? band(p) : "none";
  if (token.k) node.dataset.kind = token.k;
  if (single && !bad && label[1] === "-") node.dataset.bio = label[0];
  if (same && (label === "O" || label === "")) node.dataset.bio = "O";
  if (bad) node.classList.add("bad");
  for (const beside of BESIDE) if (has[beside]) node.append(aside(token[beside]));
  lines(token, rows, bad).forEach((line) => node.append(line));
  const meant = [...new Set(token.l.map(([other]) => type(other)))].filter((other) => meaning(about, other));
  node.title = meant.map((other) => `${other}: ${meaning(about, other)}`).join("\n");
  if (single) node.dataset.about = meaning(about, label);
  const spoke = token.s ? `; ${percent(token.s)} of the evidence` : "";
  if (token.s) node.append(el("span", "share", Math.round(token.s * 100) + " %"));
  if (token.s) node.classList.add("spoke");
  node.setAttribute("role", "listitem");
  node.setAttribute("aria-label", described(token.f, token.l, rows, token.k) + (token.g ? `; gloss ${token.g}` : "") + spoke);
  return node;
}

function aside(text) {
  const node = el("bdi", "gloss");
  if (text) visible(node, text);
  return node;
}

function lines(token, rows, bad) {
  const label = token.l[0][0];
  if (rows.length === 1) {
    return [el("span", "lbl", bad ? "? " + label : label === "O" ? "" : label.startsWith("I-") ? "\u00B7" : type(label))];
  }
  if (token.l.every(([other]) => other === label)) return [el("span", "lbl", label === "O" ? "" : label)];
  return token.l.map(([label, color], i) => {
    const line = el("span", "lbl"), who = el("span", "who", rows[i].replace("Stage ", ""));
    line.style.setProperty("--c", color);
    line.append(who, label);
    return line;
  });
}

function tokens(block, data) {
  const rows = block.rows || data.rows, pick = data.pick;
  const box = el("div", data.cards && block.tokens.length > 60 ? "toks tall" : "toks");
  box.dir = block.dir || data.dir;
  box.setAttribute("role", pick ? "listbox" : "list");
  box.setAttribute("aria-label", "Sentence with labels; arrow keys move from token to token" + (pick ? ", Enter chooses one" : ""));
  const has = Object.fromEntries(BESIDE.map((name) => [name, block.tokens.some((token) => token[name])]));
  block.tokens.forEach((token, i) => {
    const node = chip(token, rows, i ? block.tokens[i - 1].l[0][0] : "", data.about, has);
    const first = pick && data.picked >= 0 && data.picked < block.tokens.length ? data.picked : 0;
    node.tabIndex = i === first ? 0 : -1;
    if (pick) {
      node.dataset.place = i;
      node.setAttribute("role", "option");
      node.setAttribute("aria-selected", String(i === data.picked));
    }
    box.append(node);
  });
  return box;
}

function texts(block, data) {
  const box = el("div", "texts");
  block.texts.forEach(({ n, t }) => {
    const part = el("div", t.length > 420 ? "text long" : "text");
    if (n) part.append(el("span", "name", n));
    const body = el("bdi");
    body.dir = block.dir || data.dir;
    visible(body, t);
    part.append(body);
    if (t.length > 420) { part.tabIndex = 0; part.setAttribute("role", "region"); part.setAttribute("aria-label", n || "Text"); }
    box.append(part);
  });
  const answers = el("div", "answers");
  (block.answers || []).forEach(({ n, l, c, p, k }) => {
    const node = el("span", "chip");
    node.style.setProperty("--c", c);
    node.dataset.conf = "none";
    if (k) node.dataset.kind = k;
    const label = el("span", "lbl");
    if (n) label.append(el("span", "who", n));
    node.title = meaning(data.about, l);
    label.append(l + (p === null || p === undefined ? "" : ` ${Math.round(p * 100)} %`));
    node.append(label);
    answers.append(node);
  });
  box.append(answers);
  return box;
}

function bars(block) {
  const box = el("div", "bars");
  block.bars.forEach(({ n, v, t }) => {
    const bar = el("div", "bar"), track = el("div", "track"), fill = el("div", "fill");
    fill.style.width = Math.max(0, Math.min(1, v)) * 100 + "%";
    track.append(fill);
    bar.append(el("span", "", n), el("b", "", t), track);
    box.append(bar);
  });
  return box;
}

function covers(block) {
  const box = el("div", "covers");
  box.append(el("i", "", block.covers.length ? "covers" : "covers no label in demand"));
  block.covers.forEach(([label, color]) => {
    const node = el("span", "", label);
    node.style.setProperty("--c", color);
    box.append(node);
  });
  return box;
}

function under(block) {
  const box = el("div", "under");
  block.under.forEach(({ n, t }) => {
    const line = el("div"), body = el("bdi");
    visible(body, t);
    line.append(el("span", "name", n), body);
    box.append(line);
  });
  return box;
}

function drawn(block, data) {
  const node = el("div", "block"), body = el("div", "body");
  if (data.cards) node.append(el("div", "rank", block.rank));
  body.append(block.tokens ? tokens(block, data) : texts(block, data));
  if (block.under) body.append(under(block));
  if (block.tag) body.append(el("span", "tag", block.tag));
  if (block.covers) body.append(covers(block));
  if (block.note) body.append(el("div", "note", block.note));
  node.append(body);
  if (block.bars) node.append(bars(block));
  return node;
}

function move(event) {
  const here = event.target.closest(".toks .chip");
  if (!here || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = [...here.parentNode.children], at = all.indexOf(here), rtl = here.parentNode.dir === "rtl";
  const step = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 }[event.key];
  const next = step ? all[at + step] : event.key === "Home" ? all[0] : event.key === "End" ? all[all.length - 1] : null;
  if (step || event.key === "Home" || event.key === "End") { event.preventDefault(); event.stopPropagation(); }
  if (!next) return;
  here.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function focusedPlace(host) {
  const node = host.getRootNode().activeElement;
  return node && host.contains(node) && node.dataset.place ? node.dataset.place : "";
}

function refocus(box, place) {
  const node = box.querySelector(`.chip[data-place="${place}"]`);
  if (node) node.focus({ preventScroll: true });
}

export default function (component) {
  const host = component.parentElement.querySelector("#mount"), data = component.data, said = JSON.stringify(data);
  if (SHOWN.get(host) === said) return;                       // a rerun that changed nothing leaves focus and scroll alone
  SHOWN.set(host, said);
  const box = el("div", data.cards ? "strip cards" : "strip"), foot = el("div", "foot");
  const held = data.pick && focusedPlace(host);
  data.blocks.forEach((block) => box.append(drawn(block, data)));
  foot.setAttribute("aria-live", "polite");
  foot.textContent = data.legend;
  if (data.legend) box.append(foot);
  const tell = (event) => {
    const node = event.target.closest && event.target.closest(".toks .chip");
    const meant = node && node.dataset.about ? ` \u2014 ${node.dataset.about}` : "";
    foot.textContent = node ? node.getAttribute("aria-label") + meant : data.legend;
  };
  box.addEventListener("focusin", tell);
  box.addEventListener("pointerover", tell);
  box.addEventListener("keydown", move);
  if (data.pick) {
    const choose = (node) => component.setTriggerValue("pick", Number(node.dataset.place));
    box.addEventListener("click", (event) => {
      const node = event.target.closest(".toks .chip");
      if (node) choose(node);
    });
    box.addEventListener("keydown", (event) => {
      const node = event.target.closest(".toks .chip");
      if (!node || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault();
      event.stopPropagation();
      choose(node);
    });
  }
  host.replaceChildren(box);
  if (held) refocus(box, held);
}
