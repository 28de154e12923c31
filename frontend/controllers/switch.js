import { Controller } from "@hotwired/stimulus";

/** Two halves of a page, of which a small screen shows one. The style sheet does the hiding. */
export default class SwitchController extends Controller {
  static targets = ["button"];
  static values = { show: String };

  connect() {
    this.onShow = (event) => (this.showValue = event.detail.part);
    document.addEventListener("switch:show", this.onShow);
  }

  disconnect() {
    document.removeEventListener("switch:show", this.onShow);
  }

  show(event) {
    this.showValue = event.currentTarget.dataset.part;
  }

  showValueChanged(shown) {
    for (const button of this.buttonTargets) {
      button.setAttribute("aria-pressed", String(button.dataset.part === shown));
    }
  }
}
