import { Controller } from "@hotwired/stimulus";
import { Toast } from "bootstrap";

/** A message that came with the page: shown for five seconds, errors until they are closed. */
export default class ToastController extends Controller {
  connect() {
    const urgent = this.element.classList.contains("cv-toast-late");
    this.toast = Toast.getOrCreateInstance(this.element, { autohide: !urgent, delay: 5000 });
    this.toast.show();
  }

  disconnect() {
    this.toast.dispose();
  }
}
