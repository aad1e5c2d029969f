// Scrolls to where it stands when what is shown there has changed; a first sight is left alone, unless somebody
// was quicker than the page and has chosen something already.
// data: {shows: what is shown, as a key; said: the same for screen readers}
const SHOWN = new WeakMap();
const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

function inSight(node) {
  const { top } = node.getBoundingClientRect();
  return top >= 60 && top < window.innerHeight * 0.45;
}

export default function (component) {
  const { shows, said } = component.data;
  const host = component.parentElement, outer = host.host ?? host, before = SHOWN.get(outer);
  SHOWN.set(outer, shows);
  const chosen = Boolean(shows) && Boolean(navigator.userActivation?.hasBeenActive);
  if (before === shows || (before === undefined && !chosen)) return;
  host.querySelector("#said").textContent = said;
  const place = (outer.closest && outer.closest("[class*='st-key-found']")) || outer;
  if (!inSight(place)) place.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
}
