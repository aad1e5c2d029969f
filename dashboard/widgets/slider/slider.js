// A slider that speaks while it moves (`step`), and once more when it has come to rest (`rest`).
// data: {label, help, texts: [text of each step], step}
const EVERY = 90;               // ms between two steps sent: about what a redraw takes
const REST = 450;               // ms without a step after which it has come to rest
const STATE = new WeakMap();

function show(me) {
  const text = me.texts[me.input.value] ?? "";
  me.output.textContent = text;
  me.input.setAttribute("aria-valuetext", text);
  me.input.style.setProperty("--at", me.input.max > 0 ? `${(100 * me.input.value) / me.input.max}%` : "0%");
}

function send(me) {
  clearTimeout(me.timer);
  const wait = me.last + EVERY - performance.now();
  if (wait > 0) { me.timer = setTimeout(() => send(me), wait); return; }
  const step = Number(me.input.value);
  if (step === me.sent) return;
  me.sent = step;
  me.last = performance.now();
  me.tell("step", step);
}

function rest(me) {
  clearTimeout(me.resting);
  if (me.held || !me.moved) return;
  me.resting = setTimeout(() => {
    if (me.held) return;
    me.moved = false;
    me.tell("rest", Number(me.input.value));
  }, REST);
}

function mount(root) {
  const me = { input: root.querySelector("input"), output: root.querySelector("output"), label: root.querySelector("label"), held: false, moved: false, last: 0, sent: -1, timer: 0, resting: 0, texts: [] };
  me.input.addEventListener("input", () => { me.moved = true; show(me); send(me); rest(me); });
  me.input.addEventListener("pointerdown", () => { me.held = true; });
  for (const end of ["pointerup", "pointercancel", "blur"]) me.input.addEventListener(end, () => { me.held = false; rest(me); });
  STATE.set(root, me);
  return me;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".slider");
  const me = STATE.get(root) || mount(root);
  me.tell = setTriggerValue;
  me.texts = data.texts;
  me.label.textContent = data.label;
  me.input.title = data.help;
  me.input.setAttribute("aria-label", data.label);
  me.input.max = String(data.texts.length - 1);
  // what comes back while the thumb is held, or has not come to rest, is older than what is shown
  const behind = me.held || me.moved;
  if (!behind) { me.input.value = String(data.step); me.sent = data.step; }
  show(me);
}
