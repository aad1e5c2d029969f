// Entities as BIO tags: setting, joining and clearing spans so that what comes out is legal.
const tag = (label) => (label && label[1] === "-" && (label[0] === "B" || label[0] === "I") ? label[0] : "");

export const type = (label) => (tag(label) ? label.slice(2) : label);
const goesOn = (labels, at) => at > 0 && tag(labels[at - 1]) !== "" && type(labels[at - 1]) === type(labels[at]);
/** Whether a tag can stand where it stands: an I- needs an entity of its type before it. */
export const legal = (labels, at) => tag(labels[at]) !== "I" || goesOn(labels, at);

/** All tags, each I- that continues nothing read as the beginning of an entity. */
export function repaired(labels) {
  const out = labels.slice();
  out.forEach((label, at) => { if (!legal(out, at)) out[at] = "B" + label.slice(1); });
  return out;
}

/** First and last place of the entity at a place; the place itself where there is none. */
export function entity(labels, at) {
  let first = at, last = at;
  if (!tag(labels[at])) return [at, at];
  while (tag(labels[first]) === "I" && legal(labels, first)) first--;
  while (last + 1 < labels.length && tag(labels[last + 1]) === "I" && legal(labels, last + 1)) last++;
  return [first, last];
}

/** The tags after `name` was given to first..last: one entity.
 *
 * A single word behind an entity of the same type goes on with it, unless it is `fresh`: an entity of its own.
 */
export function spanned(labels, first, last, name, fresh) {
  const out = labels.slice();
  if (name === "O") for (let at = first; at <= last; at++) out[at] = "O";
  else {
    const before = first > 0 && tag(out[first - 1]) !== "" && type(out[first - 1]) === name;
    const joined = before && first === last && !fresh;
    for (let at = first; at <= last; at++) out[at] = (at === first && !joined ? "B-" : "I-") + name;
  }
  const next = last + 1;
  if (next < out.length && !legal(out, next)) out[next] = "B" + out[next].slice(1);
  return out;
}

/** Tags of the parts of a word that is split: the first keeps its own, the others go on. */
export const parted = (label, n) => Array.from({ length: n }, (_, at) => (at && tag(label) === "B" ? "I" + label.slice(1) : label));
