/* “Gắn vị trí của tôi”: where the phone is, into two hidden fields. Browsers refuse it on plain
   HTTP; then it is said, and a person names the place in words. */
import { Controller } from "@hotwired/stimulus";

export default class extends Controller {
  static targets = ["button", "said"];

  take() {
    if (!window.isSecureContext || !navigator.geolocation) {
      this.say("Trình duyệt chỉ cho vị trí qua HTTPS. Hãy ghi địa điểm bằng lời.");
      return;
    }
    this.buttonTarget.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        this.field("latitude").value = coords.latitude.toFixed(6);
        this.field("longitude").value = coords.longitude.toFixed(6);
        this.say(`Đã gắn vị trí, sai số ${Math.round(coords.accuracy)} m.`);
      },
      () => this.say("Không lấy được vị trí. Hãy ghi địa điểm bằng lời."),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 },
    );
  }

  say(words) {
    this.buttonTarget.disabled = false;
    this.saidTarget.textContent = words;
  }

  field(name) {
    return this.element.querySelector(`[name$="${name}"]`);
  }
}
