// One line of text to type, below the sentence: a spelling, a gloss, a comment, a translation.
import { el, visible } from "./text.js";

export class Field {
  constructor(node, closed) {
    this.node = node;
    this.closed = closed;
    this.node.hidden = true;
  }

  get open() { return !this.node.hidden; }

  /** Ask for a text. `about` (corpus text) is shown behind the title; `saved(text)` hears what was typed. */
  ask(title, about, value, saved, most = 2000) {
    const label = el("label", "", title + " "), input = el("input"), hint = el("span", "quiet");
    if (about) label.append(visible(el("bdi"), about));
    input.value = value;
    input.dir = "auto";
    input.maxLength = most;
    input.spellcheck = false;
    label.append(input);
    hint.append(el("kbd", "", "Enter"), " saves  ", el("kbd", "", "Esc"), " leaves it");
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.isComposing) return;
      if (event.key === "Escape" || event.key === "Enter") {
        event.preventDefault();
        const text = input.value;
        this.close();
        if (event.key === "Enter") saved(text);
      }
    });
    this.node.replaceChildren(label, hint);
    this.node.hidden = false;
    input.focus();
    input.select();
  }

  close() {
    if (!this.open) return;
    this.node.hidden = true;
    this.node.replaceChildren();
    this.closed();
  }
}
