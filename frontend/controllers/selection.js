import { Controller } from "@hotwired/stimulus";

/** Ticked rows of a list: the count, the bar of acts, "all", ranges with Shift. */
export default class SelectionController extends Controller {
  static targets = ["all", "one", "bar", "count"];

  connect() {
    this.element.addEventListener("click", this.range);
    this.sync();
  }

  disconnect() {
    this.element.removeEventListener("click", this.range);
  }

  /** A morph may bring rows without ticks while the bar still shows a number. */
  oneTargetConnected() {
    this.sync();
  }

  oneTargetDisconnected() {
    this.sync();
  }

  toggleAll() {
    for (const tick of this.oneTargets) tick.checked = this.allTarget.checked;
    this.sync();
  }

  clear() {
    for (const tick of this.oneTargets) tick.checked = false;
    this.sync();
    if (this.hasAllTarget) this.allTarget.focus();
  }

  sync() {
    const ticked = this.oneTargets.filter((tick) => tick.checked).length;
    if (this.hasBarTarget) this.barTarget.hidden = ticked === 0;
    if (this.hasCountTarget) this.countTarget.textContent = String(ticked);
    if (!this.hasAllTarget) return;
    this.allTarget.checked = ticked > 0 && ticked === this.oneTargets.length;
    this.allTarget.indeterminate = ticked > 0 && ticked < this.oneTargets.length;
  }

  range = (event) => {
    const at = this.oneTargets.indexOf(event.target);
    if (at < 0) return;
    if (event.shiftKey && this.last >= 0) {
      const [from, to] = [Math.min(at, this.last), Math.max(at, this.last)];
      for (const tick of this.oneTargets.slice(from, to + 1)) tick.checked = event.target.checked;
      this.sync();
    }
    this.last = at;
  };
}
