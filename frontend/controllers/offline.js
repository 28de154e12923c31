import { Controller } from "@hotwired/stimulus";

/** The amber strip while the network is gone. */
export default class OfflineController extends Controller {
  static targets = ["strip"];

  connect() {
    window.addEventListener("online", this.update);
    window.addEventListener("offline", this.update);
    this.update();
  }

  disconnect() {
    window.removeEventListener("online", this.update);
    window.removeEventListener("offline", this.update);
  }

  update = () => {
    this.stripTarget.hidden = navigator.onLine;
  };
}
