import { Controller } from "@hotwired/stimulus";
import { ask } from "../lib/ask.js";

/** Asks before a form is sent or a link followed: data-confirm-text-value names the object. */
export default class ConfirmController extends Controller {
  static values = { text: String, verb: { type: String, default: "Đồng ý" } };

  connect() {
    this.type = this.element.matches("form") ? "submit" : "click";
    this.element.addEventListener(this.type, this.stop, { capture: true });
  }

  disconnect() {
    this.element.removeEventListener(this.type, this.stop, { capture: true });
  }

  stop = async (event) => {
    if (this.agreed) {
      this.agreed = false;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    if (!(await ask(this.textValue, this.verbValue))) return;
    this.agreed = true;
    if (this.type === "submit") this.element.requestSubmit(submitter);
    else this.element.click();
  };
}
