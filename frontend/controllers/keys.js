import { Controller } from "@hotwired/stimulus";
import { Modal } from "bootstrap";

const FIELDS = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]";
const G_WAIT_MS = 1500;

/** Keyboard of the whole page; the list of keys is the dialog with the id "shortcuts". */
export default class KeysController extends Controller {
  static values = { single: { type: Boolean, default: true }, links: Object };

  connect() {
    this.onKey = (event) => this.handle(event);
    document.addEventListener("keydown", this.onKey);
  }

  disconnect() {
    document.removeEventListener("keydown", this.onKey);
  }

  handle(event) {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return this.send(event);
    if (event.key === "Escape") return this.leaveField(event);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.singleValue || event.target.closest(FIELDS) || this.dialogOpen()) return;
    const act = this.afterG(event.key) ?? this.actOf(event);
    if (act && act() !== false) event.preventDefault();
  }

  /** What a single key does, or undefined. An act that returns false did nothing. */
  actOf(event) {
    return {
      "/": () => this.focus("#global-search"),
      "?": () => Modal.getOrCreateInstance("#shortcuts").show(),
      j: () => this.move(1),
      k: () => this.move(-1),
      x: () => this.press(this.row()?.querySelector('input[type="checkbox"]')),
      e: () => this.press((this.row() ?? document).querySelector('[data-key="e"]')),
      g: () => this.waitForLetter(),
      "[": () => this.press(document.querySelector("[data-key-previous]")),
      "]": () => this.press(document.querySelector("[data-key-next]")),
    }[event.key];
  }

  /** After g the next letter is an address: v văn bản, c công việc, l lịch. */
  afterG(key) {
    if (!this.gAt || Date.now() - this.gAt > G_WAIT_MS) return undefined;
    this.gAt = 0;
    const url = this.linksValue[key];
    return url ? () => window.location.assign(url) : undefined;
  }

  waitForLetter() {
    this.gAt = Date.now();
  }

  move(step) {
    const links = [...document.querySelectorAll("[data-row-link]")];
    if (!links.length) return false;
    const at = links.indexOf(this.row()?.querySelector("[data-row-link]"));
    const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1);
    links[next].focus();
    return true;
  }

  /** The row that holds the focus. */
  row() {
    const row = document.activeElement?.closest("tr, li, article");
    return row?.querySelector("[data-row-link]") ? row : null;
  }

  focus(selector) {
    const field = document.querySelector(selector);
    field?.focus();
    field?.select();
    return Boolean(field);
  }

  press(element) {
    element?.click();
    return Boolean(element);
  }

  /** Ctrl+Enter presses the main button of the form in use, or of the page. */
  send(event) {
    const form = event.target.closest("form");
    const inForm = form?.querySelector("[data-ctrl-enter]");
    const tied = form?.id && document.querySelector(`[data-ctrl-enter][form="${CSS.escape(form.id)}"]`);
    const button = inForm || tied || (form ? null : document.querySelector("[data-ctrl-enter]"));
    if (!button) return;
    event.preventDefault();
    button.click();
  }

  leaveField(event) {
    if (this.dialogOpen() || !event.target.closest(FIELDS)) return;
    if (event.target.closest(".ts-wrapper")) return;
    event.target.blur();
  }

  dialogOpen() {
    return Boolean(document.querySelector(".modal.show, .offcanvas.show, .dropdown-menu.show"));
  }
}
