// Correcting labels by keyboard. See work.js for what one item is, desk.js for how it is shown and outbox.js for how it is saved.
import { Desk } from "./desk.js";
import { Outbox } from "./outbox.js";

const DESKS = new WeakMap();
let outbox = null;              // one for this window: it outlives a part of the page that is made anew

export default function (component) {
  const root = component.parentElement.querySelector("#mount");
  let desk = DESKS.get(root);
  if (!desk) {
    outbox = outbox || new Outbox();
    desk = new Desk(root, outbox);
    DESKS.set(root, desk);
  }
  desk.update(component);
  return () => setTimeout(() => { if (!root.isConnected) desk.dispose(); });
}
