import { Controller } from "@hotwired/stimulus";

/** The box above a form with errors takes the focus; its links put it into the field. */
export default class ErrorSummaryController extends Controller {
  connect() {
    this.element.focus();
    this.element.addEventListener("click", this.jump);
  }

  disconnect() {
    this.element.removeEventListener("click", this.jump);
  }

  jump = (event) => {
    const link = event.target.closest('a[href^="#"]');
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    const input = field.tomselect?.control_input ?? field.querySelector("input") ?? field;
    input.scrollIntoView({ block: "center" });
    input.focus();
  };
}
