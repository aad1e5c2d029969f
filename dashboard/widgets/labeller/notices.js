// What the server said of an edit that was not simply saved: shown above the sentence until put away.
import { el, plural, visible } from "./text.js";

const MOST = 4;

export class Notices {
  constructor(node) {
    this.node = node;
    this.node.setAttribute("role", "status");
  }

  get any() { return this.node.childElementCount > 0; }
  clear() { this.node.replaceChildren(); }

  add(cls, children) {
    const box = el("div", `notice ${cls}`), close = el("button", "plain", "Put away");
    close.type = "button";
    close.tabIndex = -1;
    close.append(el("kbd", "", "Esc"));
    close.addEventListener("click", () => box.remove());
    box.append(...children, close);
    this.node.append(box);
    while (this.node.childElementCount > MOST) this.node.firstElementChild.remove();
  }

  tell(text, wrong = false) { this.add(wrong ? "wrong" : "", [el("p", "", text)]); }

  /** Two people said different things of one item: both versions, a line for each word they differ in. */
  conflict(head, forms, mine, theirs, who, message) {
    const list = el("ul", "differences");
    const n = Math.max(mine.length, theirs.length);
    for (let at = 0; at < n; at++) {
      if (mine[at] === theirs[at]) continue;
      const line = el("li"), form = visible(el("bdi", "form"), forms[at] || "");
      line.append(forms[at] ? form : "", el("span", "mine", `you ${mine[at] || "\u2013"}`), el("span", "theirs", `${who || "somebody else"} ${theirs[at] || "\u2013"}`));
      list.append(line);
    }
    const words = list.childElementCount;
    const title = `${who || "Somebody else"} saved ${head} while you worked on it` + (words ? `; you differ in ${plural(words, "place")}. Both versions are kept.` : ", with the same labels.");
    this.add("wrong", [el("p", "", title), list, ...(message ? [el("p", "quiet", message)] : [])]);
  }
}
