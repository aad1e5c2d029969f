// Who sits at the desk. The browser keeps the name: it is in no address and no other browser knows it.
// data: {name: as the server knows it, usual: the name where this browser has none, readonly}
const NAME = "ssp-annotator";
const STATE = new WeakMap();

function kept() {
  try { return localStorage.getItem(NAME) || ""; } catch { return ""; }
}

function keep(name) {
  try { localStorage.setItem(NAME, name); } catch { /* a browser that keeps nothing is asked again */ }
}

function say(me) {
  const name = me.field.value.trim().slice(0, 60);
  if (!name) { me.field.focus(); return; }
  keep(name);
  me.editing = false;
  me.tell("who", name);
  show(me, name);
}

function show(me, name) {
  const asking = me.editing || !name;
  me.form.hidden = !asking;
  me.told.hidden = asking;
  me.name.textContent = name;
  if (asking && !me.field.value) me.field.value = name;
}

function mount(root) {
  const find = (part) => root.querySelector(part);
  const me = { form: find("form"), told: find("p"), name: find("bdi"), field: find("input"), editing: false };
  me.form.addEventListener("submit", (event) => { event.preventDefault(); say(me); });
  me.field.addEventListener("keydown", (event) => event.stopPropagation());
  find("#change").addEventListener("click", () => {
    me.editing = true;
    me.field.value = me.name.textContent;
    show(me, me.name.textContent);
    me.field.select();
  });
  STATE.set(root, me);
  return me;
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".who");
  const fresh = !STATE.has(root);
  const me = STATE.get(root) || mount(root);
  me.tell = setStateValue;
  root.classList.toggle("readonly", data.readonly);
  const known = kept();
  if (fresh && known && known !== data.name) { me.tell("who", known); show(me, known); return; }
  show(me, data.name || known);
}
