import { Controller } from "@hotwired/stimulus";

const HASTE_MS = 1500;

/**
 * The clerk's form beside the scan. The focused field shows on the page where its value was read;
 * F2 (or Alt+Enter) accepts it and goes on to the next doubtful one, at last to the main button.
 */
export default class ReadingFormController extends Controller {
  static targets = ["field"];
  static values = { start: { type: Boolean, default: true } };

  connect() {
    this.openedAt = performance.now();
    this.element.addEventListener("submit", this.refuseHaste, true);
    this.element.addEventListener("focusin", this.showSource);
    this.element.addEventListener("keydown", this.onKey);
    this.element.addEventListener("input", this.markSeen);
    document.addEventListener("viewer:ready", this.showCurrent);
    if (this.startValue && !document.querySelector(".cv-form-errors")) this.goTo(this.doubtful()[0]);
  }

  disconnect() {
    this.element.removeEventListener("submit", this.refuseHaste, true);
    this.element.removeEventListener("focusin", this.showSource);
    this.element.removeEventListener("keydown", this.onKey);
    this.element.removeEventListener("input", this.markSeen);
    document.removeEventListener("viewer:ready", this.showCurrent);
    document.dispatchEvent(new CustomEvent("viewer:clear"));
  }

  /** The key that registered one letter, pressed twice, must not register the next one unread. The
      time counts from when its page is shown: nobody can have read it before. */
  refuseHaste = (event) => {
    const follows = new URLSearchParams(location.search).has("vua_vao_so");
    if (!follows || performance.now() - this.openedAt > HASTE_MS) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  /** The viewer opens later than the form: the field in use waits for it. */
  showCurrent = () => {
    this.openedAt = performance.now();
    if (this.element.contains(document.activeElement)) this.show(document.activeElement);
  };

  showSource = (event) => this.show(event.target);

  show(input) {
    const field = input.closest("[data-box]");
    if (!field) return;
    const detail = {
      page: Number(field.dataset.page),
      box: JSON.parse(field.dataset.box),
      label: field.querySelector("label")?.firstChild?.textContent.trim() ?? "",
    };
    document.dispatchEvent(new CustomEvent("viewer:show-box", { detail }));
  }

  onKey = (event) => {
    const pressed = event.key === "F2" || (event.key === "Enter" && event.altKey);
    if (!pressed || event.isComposing) return;
    event.preventDefault();
    const field = event.target.closest("[data-doubtful]");
    if (field && (this.valueOf(field) || this.mayStayEmpty(field))) this.accept(field);
    const rest = this.doubtful();
    const after = rest.find((other) => field && isAfter(field, other));
    this.goTo(after ?? rest.find((other) => other !== field));
  };

  markSeen = (event) => {
    const field = event.target.closest('[data-doubtful="true"]');
    if (field && this.valueOf(field)) this.accept(field);
  };

  doubtful() {
    return this.fieldTargets.filter((field) => field.dataset.doubtful === "true");
  }

  accept(field) {
    field.dataset.doubtful = "false";
    field.classList.remove("cv-field-doubtful");
    field.classList.add("cv-field-accepted");
  }

  valueOf(field) {
    return field.querySelector("input:not([type=date]), select, textarea")?.value.trim();
  }

  /** What the paper does not say is accepted as well, once it was looked at. */
  mayStayEmpty(field) {
    const input = field.querySelector("input:not([type=date]), select, textarea");
    return input !== null && !input.required && input.getAttribute("aria-required") !== "true";
  }

  /** Focus a field and select its text; without a field the main button. */
  goTo(field) {
    const picker = field?.querySelector("select")?.tomselect?.control_input;
    const input = picker ?? field?.querySelector("input, select, textarea");
    const button = document.querySelector(`[data-ctrl-enter][form="${this.element.id}"]`);
    const wanted = input ?? this.element.querySelector("[data-ctrl-enter]") ?? button;
    wanted?.focus();
    if (input?.select && input.tagName !== "SELECT") input.select();
  }
}

function isAfter(one, other) {
  return Boolean(one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);
}
