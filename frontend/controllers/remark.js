import { Controller } from "@hotwired/stimulus";

const HALF_WIDTH = 0.12; // of the page, beside the place that was tapped
const HALF_HEIGHT = 0.012;

/** A remark's place on the page: chosen by a tap, shown again by a button. */
export default class RemarkController extends Controller {
  static targets = ["box", "page", "picking", "button", "status"];
  static values = { page: Number, place: Array };

  connect() {
    if (this.hasPickingTarget) this.pickingTarget.hidden = false;
  }

  disconnect() {
    this.stop();
  }

  show() {
    this.dispatchTo("viewer:show-box", { page: this.pageValue, box: this.placeValue, label: "" });
    this.dispatchTo("switch:show", { part: "document" });
  }

  /** The next tap on the page says where; a second press gives up. */
  pick() {
    if (this.picked) return this.stop();
    this.picked = (event) => this.choose(event);
    document.addEventListener("click", this.picked, true);
    this.buttonTarget.setAttribute("aria-pressed", "true");
    this.statusTarget.textContent = this.statusTarget.dataset.waiting;
    this.dispatchTo("switch:show", { part: "document" });
  }

  choose(event) {
    const page = event.target.closest?.(".pdfViewer [data-page-number]");
    if (!page) return;
    event.preventDefault();
    const around = page.getBoundingClientRect();
    const x = (event.clientX - around.left) / around.width;
    const y = (event.clientY - around.top) / around.height;
    const box = [x - HALF_WIDTH, y - HALF_HEIGHT, x + HALF_WIDTH, y + HALF_HEIGHT].map(fraction);
    const number = Number(page.dataset.pageNumber);
    this.boxTarget.value = box.join(",");
    this.pageTarget.value = String(number);
    this.stop();
    this.statusTarget.textContent = `${this.statusTarget.dataset.chosen} ${number}`;
    this.dispatchTo("viewer:show-box", { page: number, box, label: "" });
    this.dispatchTo("switch:show", { part: "panel" });
  }

  stop() {
    if (!this.picked) return;
    document.removeEventListener("click", this.picked, true);
    this.picked = null;
    this.buttonTarget.setAttribute("aria-pressed", "false");
    this.statusTarget.textContent = "";
  }

  dispatchTo(name, detail) {
    document.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function fraction(value) {
  return Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000;
}
