import { Controller } from "@hotwired/stimulus";

/** A button that puts another value into a field: the page's own instead of the announced one. */
export default class ChooseController extends Controller {
  static values = { field: String, value: String, label: String };

  take() {
    const input = document.getElementById(this.fieldValue);
    if (!input) return;
    if (input.tomselect) {
      input.tomselect.addOption({ value: this.valueValue, text: this.labelValue });
      input.tomselect.setValue(this.valueValue);
      input.tomselect.focus();
    } else {
      input.value = this.valueValue;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
      input.focus();
    }
  }
}
