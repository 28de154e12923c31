import { Controller } from "@hotwired/stimulus";

/** Names the chosen files in our words: the browser's own text speaks the browser's language. */
export default class PickedController extends Controller {
  static targets = ["input", "names"];

  connect() {
    this.none = this.namesTarget.textContent;
    this.show();
  }

  show() {
    const names = [...this.inputTarget.files].map((file) => file.name);
    this.namesTarget.textContent = names.join("; ") || this.none;
  }
}
