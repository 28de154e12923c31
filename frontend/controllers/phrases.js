import { Controller } from "@hotwired/stimulus";

/** Buttons whose text goes into a text area, at the cursor, as a sentence of its own. */
export default class PhrasesController extends Controller {
  static values = { targetId: String };

  insert(event) {
    const area = document.getElementById(this.targetIdValue);
    if (!area) return;
    const phrase = event.currentTarget.textContent.trim();
    const before = area.value.slice(0, area.selectionStart);
    const gap = before && !/\s$/.test(before) ? " " : "";
    area.setRangeText(gap + phrase, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  }
}
