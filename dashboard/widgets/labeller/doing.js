// What each key does to the item at hand.
import { entity, type } from "./bio.js";
import { choose, help, repeat } from "./dialogs.js";
import { graphemes, plural, say } from "./text.js";

export const saveable = (kind) => kind === "labels" || kind === "skip";
const sideways = { left: -1, right: 1 };
const LEAP = 5;                 // words; of 4, 5 and 6 the one that took fewest keys to the entities of real output

/** Do what was asked for; false where it means nothing here, and the key is not ours. */
export function run(desk, asked, event) {
  if (desk.splitting) return caret(desk, asked);
  const doing = DOING[asked.id];
  if (!doing || (desk.data.readonly && WRITES.has(asked.id))) return false;
  return doing(desk, asked, event);
}

function move(desk, to, extend) {
  if (desk.work.whole) return false;
  desk.select(extend ? desk.work.a : to, to);
}

function side(desk, step, { leap, sign }, event) {
  const { work } = desk, far = leap ? LEAP * step : step;
  if (work.whole) return among(desk, step);
  return move(desk, work.b + (desk.chips.dir === "rtl" ? -far : far), event.shiftKey && !sign);
}

/** The label before or after the one chosen, of a whole item. */
function among(desk, step) {
  const names = desk.data.labels.map(({ n }) => n), now = names.indexOf(desk.work.labels[0]);
  if (desk.data.readonly) return false;
  desk.assign(names[(now < 0 && step < 0 ? names.length : now) + step] || names[step > 0 ? 0 : names.length - 1]);
}

function line(desk, step, event) {
  if (desk.work.whole) return among(desk, step);
  const to = desk.chips.vertical(step);
  return to < 0 ? undefined : move(desk, to, event.shiftKey);
}

function accept(desk) {
  const { work, data } = desk;
  if (data.readonly) return desk.next();
  const missing = work.labels.indexOf("");
  if (missing >= 0) {
    desk.select(missing);
    return desk.hint(work.whole ? "It has no label yet." : `${plural(work.unlabelled, "word")} without a label.`);
  }
  if (work.fresh) {
    const first = !work.done;
    const labels = work.final();
    desk.send("labels", { labels, action: work.changed ? "set" : "accept", first });
    work.close();
  }
  desk.next();
}

function suggestion(desk, { n }) {
  const { work } = desk, label = work.offers(work.b)[n];
  if (label === undefined || desk.data.readonly) return false;
  if (work.task === "ner") desk.assign(type(label), label[0] === "B");
  else desk.assign(label);
}

function unsure(desk, _, event) {
  const to = desk.work.next(desk.work.b, event.shiftKey ? -1 : 1);
  if (desk.work.whole || to < 0) return false;    // the key then leaves the labeller: no trap
  desk.select(to);
}

function wholeEntity(desk) {
  if (desk.work.task !== "ner") return false;
  const [first, last] = entity(desk.work.labels, desk.work.b);
  desk.select(first, last);
}

function clear(desk) {
  const { work } = desk;
  if (work.task !== "ner" || desk.data.readonly) return false;
  if (work.first === work.last) [work.a, work.b] = entity(work.labels, work.b);
  desk.assign("O");
}

function back(desk) {
  if (desk.place === 0) return desk.hint("This is the first one.");
  desk.place--;
  desk.show();
}

function turn(desk, isUndo) {
  const { work } = desk, what = work.turn(isUndo), kind = isUndo ? "undo" : "redo";
  if (what === null) return before(desk, kind);
  if (what === "tokens") { desk.send(kind, { edit: { op: "tokens" } }); return desk.draw(); }
  if (what.id && isUndo) desk.send("undo-batch", { batch: what.id });
  if (what.id && !isUndo) desk.send("repeat", { spec: what.spec });
  desk.chips.paintAll();
  desk.look();
}

/** Nothing is left to take back here: what was saved earlier is, from the log; else the item before is shown. */
function before(desk, kind) {
  const { work } = desk;
  if (work.version > 0 || work.done) { desk.send(kind); return desk.hint(kind === "undo" ? "Taking back what was saved\u2026" : "Doing again what was taken back\u2026"); }
  return kind === "undo" ? back(desk) : desk.hint("Nothing to do again.");
}

function flag(desk) {
  const { item } = desk.work;
  item.flag = !item.flag;
  desk.send(item.flag ? "flag" : "unflag");
  desk.status();
}

function skip(desk) {
  const { work } = desk;
  if (!work.done) desk.send("skip", { first: true });
  work.done = true;
  work.saved = work.final().join("\n");
  desk.next();
}

const comment = (desk) => desk.field.ask("Comment on this item", "", "", (text) => {
  if (!text.trim()) return;
  desk.send("comment", { text: text.trim() });
  const { item } = desk.work;
  item.comments = [...(item.comments || []), [desk.data.who, "just now", text.trim()]];
  desk.look();
});

function gloss(desk) {
  const { work } = desk, at = work.b, unit = work.units[at];
  if (work.whole) return false;
  desk.field.ask("Gloss of", unit.f, unit.g || "", (text) => {
    unit.g = text.trim();
    desk.send("gloss", { text: unit.g, token: at });
    desk.draw();
  }, 200);
}

function translation(desk) {
  const { item } = desk.work, found = (item.translations || [])[0] || { code: "en", name: "English", text: "" };
  desk.field.ask(`Translation (${found.name || found.code})`, "", found.text, (text) => {
    found.text = text.trim();
    item.translations = [found, ...(item.translations || []).slice(1)];
    desk.send("translation", { text: `${found.code}:${found.text}` });
    desk.look();
  });
}

const transliteration = (desk) => desk.field.ask("Transliteration", "", desk.work.item.transliteration || "", (text) => {
  desk.work.item.transliteration = text.trim();
  desk.send("transliteration", { text: text.trim() });
  desk.look();
});

/** Change the words, here and at the server. */
function retoken(desk, op, first, last, forms) {
  desk.send("tokens", { edit: { op, first, last, forms }, token: first });
  desk.work.retoken(first, last, forms);
  desk.draw();
}

function split(desk) {
  const { work } = desk, parts = work.whole ? [] : graphemes(work.units[work.b].f);
  if (work.whole) return false;
  if (parts.length < 2) return desk.hint("One character cannot be split.");
  desk.select(work.b);
  desk.splitting = { parts, place: Math.floor(parts.length / 2) };
  desk.caret();
}

/** While a word is being split, keys move the caret over its characters. */
function caret(desk, { id }) {
  const { parts, place } = desk.splitting, { work } = desk, forward = desk.chips.dir === "rtl" ? -1 : 1;
  const within = (to) => { desk.splitting.place = Math.max(1, Math.min(parts.length - 1, to)); desk.caret(); };
  if (sideways[id]) return within(place + sideways[id] * forward);
  if (id === "home") return within(1);
  if (id === "end") return within(parts.length);
  desk.splitting = null;
  if (id === "accept") return retoken(desk, "split", work.b, work.b, [parts.slice(0, place).join(""), parts.slice(place).join("")]);
  desk.caret();
}

function merge(desk) {
  const { work } = desk, first = work.first, last = first === work.last ? first + 1 : work.last;
  if (work.whole) return false;
  if (last >= work.units.length) return desk.hint("No word follows.");
  retoken(desk, "merge", first, last, [work.units.slice(first, last + 1).map(({ f }) => f).join("")]);
}

function respell(desk) {
  const { work } = desk, at = work.b;
  if (work.whole) return false;
  desk.field.ask("Spelling of", work.units[at].f, work.units[at].f, (text) => {
    const form = text.trim().replace(/\s+/gu, " ");
    if (form && form !== work.units[at].f) retoken(desk, "respell", at, at, [form]);
  }, 200);
}

/** The same for every such word: of the one labelled last, as long as the cursor has only stepped on from it. */
function again(desk) {
  const { work } = desk, { token, label } = desk.last || { token: work.b, label: work.item.tokens[work.b]?.l ?? "" };
  if (work.whole || !work.labels[token]) return false;
  const spec = { id: work.id, token, form: work.units[token].f, label_before: label, label: work.labels[token] };
  repeat(desk.sheet, spec, (whole) => desk.ask(whole), (whole, reply) => desk.send("repeat", { spec: { ...whole, expected: reply.total }, token }));
}

function choosing(desk) {
  const shown = desk.work;
  choose(desk.sheet, [...desk.info.values()], (name) => { if (desk.work === shown) { desk.assign(name); } });
}

function escape(desk) {
  if (desk.notices.any) return desk.notices.clear();
  desk.select(desk.work.b);
}

const DOING = {
  left: (desk, asked, event) => side(desk, -1, asked, event), right: (desk, asked, event) => side(desk, 1, asked, event),
  up: (desk, _, event) => line(desk, -1, event), down: (desk, _, event) => line(desk, 1, event),
  home: (desk, _, event) => move(desk, 0, event.shiftKey), end: (desk, _, event) => move(desk, desk.work.units.length - 1, event.shiftKey),
  label: (desk, { name }, event) => desk.assign(name, event.shiftKey), suggestion, unsure, entity: wholeEntity, clear, escape,
  accept, back, skip, flag, comment, gloss, translation, transliteration, split, merge, respell, repeat: again, choose: choosing,
  undo: (desk) => turn(desk, true), redo: (desk) => turn(desk, false),
  help: (desk) => help(desk.sheet, { ...desk.data, map: desk.map, labels: [...desk.info.values()] }),
};
const WRITES = new Set(["label", "suggestion", "clear", "skip", "flag", "comment", "gloss", "translation", "transliteration", "split", "merge", "respell", "repeat", "choose", "undo", "redo"]);
