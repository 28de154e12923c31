import { Controller } from "@hotwired/stimulus";

/** The facets of a search: the page sends them open, a small screen starts with them closed. */
export default class FacetsController extends Controller {
  connect() {
    this.element.open = window.matchMedia("(min-width: 992px)").matches;
  }
}
