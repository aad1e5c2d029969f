// Which key does what. Labels come first; functions have a sign each, and a letter where one is free.
const LETTERS = "abcdefghijklmnopqrstvwxyz";
const KEPT_LETTERS = "bu";
const DIGITS = "4567890";

/** Every function: what it is called, the keys it always has, and the letters it would like. */
export const FUNCTIONS = [
  { id: "accept", title: "Accept and next", named: "Enter" },
  { id: "back", title: "Back", named: "PageUp", letters: "b" },
  { id: "undo", title: "Undo", named: "Ctrl+Z", letters: "u" },
  { id: "redo", title: "Redo", named: "Ctrl+Y" },
  { id: "flag", title: "Flag", sign: "!", letters: "f" },
  { id: "skip", title: "Skip", sign: "-", letters: "k" },
  { id: "comment", title: "Comment", sign: ";", letters: "cw" },
  { id: "repeat", title: "Repeat for the same form", sign: "=", letters: "r" },
  { id: "split", title: "Split", sign: "/", letters: "l" },
  { id: "merge", title: "Merge with next", sign: "+", letters: "m" },
  { id: "respell", title: "Re-spell", sign: "*", named: "F2", letters: "e" },
  { id: "gloss", title: "Gloss", sign: ":", letters: "g" },
  { id: "translation", title: "Translation", sign: "(", letters: "t" },
  { id: "transliteration", title: "Transliteration", sign: ")" },
  { id: "choose", title: "Label by name", sign: ",", letters: "," },
  { id: "help", title: "All keys", sign: "?", letters: "h" },
];

/** A key for every label: the one it was given, else a letter of its name, a digit, any letter; "" where none is left. */
function labelKeys(labels) {
  const taken = new Map();
  const wanted = labels.map(({ k }) => (k || "").toLowerCase());
  labels.forEach((label, at) => {
    const key = wanted[at];
    if (Array.from(key).length === 1 && !/[1-3\s]/.test(key) && !taken.has(key)) taken.set(key, label.n);
  });
  const own = new Map(Array.from(taken, ([key, name]) => [name, key]));
  labels.forEach(({ n }) => {
    if (own.has(n)) return;
    const letters = Array.from(n.toLowerCase()).filter((ch) => LETTERS.includes(ch) && !KEPT_LETTERS.includes(ch));
    const key = [...letters, ...DIGITS, ...LETTERS].find((ch) => !taken.has(ch)) || "";
    if (key) taken.set(key, n);
    own.set(n, key);
  });
  return own;
}

/** What the keys do for these labels: {label: name -> key, typed: character -> command, shown: function -> its keys}. */
export function keymap(labels) {
  const label = labelKeys(labels), typed = new Map(), shown = new Map();
  label.forEach((key, name) => { if (key) typed.set(key, { id: "label", name }); });
  for (const { id, named, sign, letters } of FUNCTIONS) {
    const free = (key) => key && !typed.has(key);
    const letter = Array.from(letters || "").find(free);
    const keys = [letter, free(sign) ? sign : ""].filter((key, at, all) => key && all.indexOf(key) === at);
    keys.forEach((key) => typed.set(key, { id }));
    shown.set(id, [...keys.map((key) => key.toUpperCase()), ...(named ? [named] : [])]);
  }
  if ((typed.get("u") || {}).id === "undo") shown.get("redo").unshift("Shift+U");
  return { label, typed, shown };
}

const NAMED = { Enter: "accept", PageUp: "back", F2: "respell", F1: "help", Backspace: "clear", Delete: "clear", Escape: "escape", Tab: "unsure", " ": "entity", Home: "home", End: "end", ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

const SIDES = { ArrowLeft: "left", ArrowRight: "right", "<": "left", ">": "right" };

/** The Latin letter or digit on a physical key, whatever the layout writes with it. */
function physical(event) {
  const found = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(event.code || "");
  return found ? found[1].toLowerCase() : "";
}

/** What a key press asks for: {id, name?, n?}, or null for a key that is none of ours. */
export function command(event, map, digits) {
  const key = event.key || "", low = key.toLowerCase();
  if (event.ctrlKey || event.metaKey) {
    if (SIDES[key]) return { id: SIDES[key], leap: true };
    const letter = /^[a-z]$/.test(low) ? low : physical(event);
    if (letter === "z") return { id: event.shiftKey ? "redo" : "undo" };
    return letter === "y" && !event.shiftKey ? { id: "redo" } : null;
  }
  // AltGr writes signs on many layouts; Alt alone is the browser's
  if (event.altKey && !(event.getModifierState && event.getModifierState("AltGraph"))) return null;
  if (NAMED[key]) return { id: NAMED[key] };
  // what is typed comes first; the physical key counts where the layout writes no Latin letter
  return character(low, map, digits, event.shiftKey) || (/^[a-z]$/.test(low) ? null : character(physical(event), map, digits, event.shiftKey));
}

function character(ch, map, digits, shift) {
  if (!ch) return null;
  const hit = map.typed.get(ch);
  if (/^[1-9]$/.test(ch) && +ch <= digits && !(hit && +ch > 3 && digits <= 3)) return { id: "suggestion", n: +ch - 1 };
  if (!hit) return SIDES[ch] ? { id: SIDES[ch], leap: true, sign: true } : null;
  return hit.id === "undo" && shift ? { id: "redo" } : hit;
}
