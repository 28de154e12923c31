import { Controller } from "@hotwired/stimulus";

/**
 * Warns before leaving a form with unsaved input. What is typed stays in memory only: documents
 * of an office do not belong into the storage of a shared browser.
 */
export default class GuardController extends Controller {
  connect() {
    this.element.addEventListener("input", this.touch);
    this.element.addEventListener("submit", this.release);
    window.addEventListener("beforeunload", this.warn);
  }

  disconnect() {
    this.element.removeEventListener("input", this.touch);
    this.element.removeEventListener("submit", this.release);
    window.removeEventListener("beforeunload", this.warn);
  }

  touch = () => {
    this.touched = true;
  };

  release = (event) => {
    if (!event.defaultPrevented) this.touched = false;
  };

  warn = (event) => {
    if (this.touched) event.preventDefault();
  };
}
