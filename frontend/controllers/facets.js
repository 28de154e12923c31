import { Controller } from "@hotwired/stimulus";

let openOnPhone = false; // the box comes anew with each answer: it stays as it was left

/** The facets of a search: the page sends them open, a small screen starts with them closed. */
export default class FacetsController extends Controller {
  connect() {
    this.wide = window.matchMedia("(min-width: 992px)").matches;
    this.element.open = this.wide || openOnPhone;
    this.element.addEventListener("toggle", this.remember);
  }

  disconnect() {
    this.element.removeEventListener("toggle", this.remember);
  }

  remember = () => {
    if (!this.wide) openOnPhone = this.element.open;
  };
}
