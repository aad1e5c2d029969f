// What the server answers to messages: each answer is heard once, whatever window the message came from.
import { plural } from "./text.js";

export function answered(desk, data) {
  for (const answer of data.answers || []) {
    const client = answer.client || (data.ack || {}).client, name = `${client}:${answer.seq}`;
    if (desk.heard.has(name)) continue;
    desk.heard.add(name);
    const message = desk.outbox.said.get(name), work = desk.works.get(answer.id);
    if (message) hear(desk, answer, message, message.key === data.key ? work : undefined);
  }
  const acks = { ...(data.ack ? { [data.ack.client]: data.ack.seq } : {}), ...(data.acks || {}) };
  desk.outbox.settle(acks);
}

function hear(desk, answer, message, work) {
  const { status, item } = answer, { notices } = desk;
  const last = work && work.seq === message.seq;
  if (work && Number.isInteger(answer.version)) { work.version = Math.max(work.version, answer.version); work.tv = answer.tv ?? work.tv; }
  if (status === "conflict") {
    const forms = (item || (work || {}).item || { tokens: [] }).tokens.map(({ f }) => f);
    notices.conflict((item || (work || {}).item || {}).head || `#${message.id}`, forms, message.labels || [], answer.theirs || [], answer.who, answer.message);
    return;
  }
  if (status === "refused" || status === "gone") notices.tell(answer.message || (status === "gone" ? "Somebody else has done this item." : "This was not saved."), true);
  if (status === "refused" && work && message.kind === "labels") { work.done = false; work.saved = null; }
  const told = HEARD[message.kind];
  if (status === "saved" && told) told(desk, answer, message, work);
  else if (item && work && last && status !== "saved") anew(desk, work, item);
}

/** Show an item as the server now has it. */
function anew(desk, work, item) {
  const { a, b } = work;
  work.start(item);
  if (b < work.units.length) Object.assign(work, { a, b });
  if (work === desk.work && !desk.waiting) desk.draw();
}

function turned(desk, answer, message, work) {
  if (message.edit) return retold(desk, answer, message, work);
  if (work && answer.item) anew(desk, work, answer.item);
  if (answer.message) desk.hint(answer.message);
}

/** A change of words is on screen already; the server's words count where they are others. */
function retold(desk, { item }, message, work) {
  if (!work || !item || work.seq !== message.seq) return;
  if (item.tokens.map(({ f }) => f).join("\n") !== work.units.map(({ f }) => f).join("\n")) anew(desk, work, item);
}

function repeated(desk, answer, message, work) {
  desk.notices.tell(answer.message || `${plural(message.spec.expected || 0, "word")} changed.`);
  if (work && answer.batch) { work.bulk(answer.batch, message.spec); if (work === desk.work) desk.look(); }
}

function withdrawn(desk, answer) { desk.notices.tell(answer.message || "The change of all these words was taken back."); }

const HEARD = { undo: turned, redo: turned, tokens: retold, repeat: repeated, "undo-batch": withdrawn };
