// A text field that speaks (`text`) a moment after the last key, and says how long it has been spoken for.
// data: {label, text, rows, wrong: line to mark, 0 = none}
const PAUSE = 250;              // ms without a key after which what is there is sent
const STATE = new WeakMap();

function number(me, wrong) {
  const lines = me.area.value.split("\n").length;
  if (me.lines === lines && me.wrong === wrong) return;
  me.lines = lines;
  me.wrong = wrong;
  me.numbers.replaceChildren(...Array.from({ length: lines }, (_, place) => {
    const span = document.createElement("span");
    span.textContent = String(place + 1);
    if (place + 1 === wrong) span.className = "wrong";
    return span;
  }));
  me.numbers.scrollTop = me.area.scrollTop;
}

function send(me) {
  clearTimeout(me.timer);
  if (me.area.value === me.sent) return;
  me.sent = me.area.value;
  me.tell("text", me.sent);
}

function mount(root) {
  const me = { area: root.querySelector("textarea"), numbers: root.querySelector("pre"), label: root.querySelector("label"), timer: 0, sent: null, given: null, lines: 0, wrong: 0 };
  me.area.addEventListener("input", () => { number(me, 0); clearTimeout(me.timer); me.timer = setTimeout(() => send(me), PAUSE); });
  me.area.addEventListener("blur", () => send(me));
  me.area.addEventListener("scroll", () => { me.numbers.scrollTop = me.area.scrollTop; });
  me.area.addEventListener("keydown", (event) => event.stopPropagation());
  STATE.set(root, me);
  return me;
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".editor");
  const me = STATE.get(root) || mount(root);
  me.tell = setStateValue;
  me.label.textContent = data.label;
  me.area.rows = data.rows;
  // what comes back while somebody types is older than what is shown
  if (data.text !== me.given && data.text !== me.sent) { me.area.value = data.text; me.sent = data.text; }
  me.given = data.text;
  number(me, me.area.value === data.text ? data.wrong : 0);
}
