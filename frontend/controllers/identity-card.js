import { Controller } from "@hotwired/stimulus";
import { csrfToken } from "../lib/csrf.js";
import { CardListener } from "../lib/identity-card.js";

const SILENCE = 400; // milliseconds after which a scanner has said everything

/**
 * Fills in the person when the scanner reads an identity card, whatever has the focus.
 *
 * A USB scanner is a keyboard: twelve digits and a separator tell that it types and not a person.
 * The field in use gets back what it held before, the raw text is forgotten at once. A card that is
 * read before the fields are there waits in memory, as its person, until they come.
 */
export default class IdentityCardController extends Controller {
  static targets = ["person", "status"];
  static values = { read: String, unread: String, lookup: String };

  connect() {
    this.listener = new CardListener();
    this.options = { capture: true };
    document.addEventListener("keydown", this.key, this.options);
    document.addEventListener("beforeinput", this.input, this.options);
  }

  disconnect() {
    clearTimeout(this.timer);
    document.removeEventListener("keydown", this.key, this.options);
    document.removeEventListener("beforeinput", this.input, this.options);
  }

  personTargetConnected(fields) {
    if (this.waiting) this.fill(fields, this.waiting);
    this.waiting = null;
  }

  key = (event) => {
    if (this.listener.reading && (event.key === "Enter" || event.key === "Tab")) {
      this.swallow(event);
      this.finish();
      return;
    }
    if (event.key.length !== 1 || event.ctrlKey || event.altKey || event.metaKey) return;
    this.remember(event.target);
    this.told = event.key;
    this.take(event.key, event);
  };

  /** Letters that come without a key of their own: an input method, Alt and digits. */
  input = (event) => {
    if (event.inputType !== "insertText" || !event.data) return;
    if (event.data === this.told) {
      this.told = null;
      return;
    }
    this.remember(event.target);
    this.take(event.data, event);
  };

  take(text, event) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.finish(), SILENCE);
    for (const letter of text) {
      if (this.listener.take(letter) === "card") this.swallow(event);
      else if (!/\d/.test(letter)) this.before = null; // a card begins with digits alone
    }
  }

  swallow(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** What the field in use held when the keys began to come. */
  remember(field) {
    if (this.before?.field === field) return;
    this.before = { field, value: field.value, checked: field.checked };
  }

  finish() {
    clearTimeout(this.timer);
    const wasReading = this.listener.reading;
    const person = this.listener.finish();
    const before = this.before;
    this.before = this.told = null;
    if (!wasReading) return;
    if (before && typeof before.value === "string") before.field.value = before.value;
    if (!person) {
      this.say(this.unreadValue);
    } else if (this.hasPersonTarget) {
      this.fill(this.personTarget, person);
    } else {
      this.waiting = person;
      this.say(this.readValue.replace("{name}", person.full_name));
    }
  }

  fill(fields, person) {
    for (const input of fields.querySelectorAll("[data-card]")) {
      input.value = person[input.dataset.card] ?? "";
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
    this.say(this.readValue.replace("{name}", person.full_name));
    const next = this.element.querySelector("[data-after-card]");
    next?.focus();
    next?.select?.();
    this.findEarlier(fields, person.identity_number);
  }

  /** Telephone and mail of a person who was here before; nothing that is filled in is replaced. */
  async findEarlier(fields, number) {
    if (!this.lookupValue) return;
    const answer = await fetch(this.lookupValue, {
      method: "POST", // so that no log keeps the number
      headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
      body: new URLSearchParams({ number }),
    }).catch(() => null);
    if (!answer?.ok) return;
    const known = await answer.json();
    for (const input of fields.querySelectorAll("[data-earlier]")) {
      const value = known[input.dataset.earlier];
      if (value && !input.value) input.value = value;
    }
  }

  say(text) {
    for (const status of this.statusTargets) {
      status.textContent = text;
      status.hidden = !text;
    }
  }
}
