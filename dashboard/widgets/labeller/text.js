// Text on the screen: corpus text becomes text nodes and nothing else; what cannot be seen is named.
const NAMES = { "\u00A0": "NBSP", "\u00AD": "SHY", "\u200B": "ZWSP", "\u200E": "LRM", "\u200F": "RLM", "\u2060": "WJ", "\uFEFF": "BOM", "\t": "TAB", "\n": "LF", "\r": "CR", "\u3000": "IDSP" };
// joiners shape the letters beside them, so they stay in the text and are named in what is read out
const INVISIBLE = /[\u0000-\u001F\u007F-\u00A0\u00AD\u061C\u180E\u2000-\u200B\u200E\u200F\u2028-\u202F\u205F-\u206F\u3000\uFEFF\uFFF9-\uFFFB]/u;
const JOINERS = /[\u200C\u200D]/u;
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFF\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
const LETTER = /\p{L}/u;
const UNSURE = 0.8;
const segmenter = typeof Intl !== "undefined" && Intl.Segmenter ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;
const code = (ch) => "U+" + ch.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");

export const percent = (p) => `${Math.round(p * 100)} %`;
export const isUnsure = (p) => p !== null && p !== undefined && p < UNSURE;
export const band = (p) => (p === null || p === undefined ? "none" : p < 0.5 ? "low" : p < UNSURE ? "mid" : "high");
/** What readers see as single characters. */
export const graphemes = (text) => (segmenter ? Array.from(segmenter.segment(text), (part) => part.segment) : Array.from(text));
export const plural = (n, one) => `${n} ${one}${n === 1 ? "" : "s"}`;

export function el(tag, cls, text) {
  const node = document.createElement(tag);
  if (cls) node.className = cls;
  if (text !== undefined) node.textContent = text;
  return node;
}

/** Sets a text only where it is another: an unchanged node costs the browser nothing. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function visible(parent, text) {
  if (/^\p{M}/u.test(text)) parent.append("\u25CC");
  let plain = "";
  for (const ch of text) {
    const alone = ch === " " && text.trim() === "";
    if (!alone && !INVISIBLE.test(ch)) { plain += ch; continue; }
    if (plain) { parent.append(plain); plain = ""; }
    const glyph = el("span", "glyph", alone ? "\u2423" : NAMES[ch] || code(ch));
    glyph.title = code(ch);
    parent.append(glyph);
  }
  if (plain) parent.append(plain);
  if (text === "") parent.append(el("span", "glyph", "empty"));
  return parent;
}

/** A text as it is read out: kept apart from its surroundings in direction, joiners named. */
export const spoken = (text) => `\u2068${text}\u2069${JOINERS.test(text) ? ", contains a zero-width joiner" : ""}`;

export function direction(texts) {
  let right = 0, left = 0;
  for (const text of texts) for (const ch of text) if (LETTER.test(ch)) RIGHT_TO_LEFT.test(ch) ? right++ : left++;
  return right > left ? "rtl" : "ltr";
}
