import { Controller } from "@hotwired/stimulus";

/** A date typed as dd/mm/yyyy, tidied from 18112026 or 18-11-26, or taken from a calendar. */
export default class DateController extends Controller {
  static targets = ["text", "native"];

  tidy() {
    const date = parseDate(this.textTarget.value);
    if (date) this.textTarget.value = date;
  }

  open() {
    const [day, month, year] = (parseDate(this.textTarget.value) ?? "").split("/");
    if (year) this.nativeTarget.value = `${year}-${month}-${day}`;
    this.nativeTarget.showPicker();
  }

  take() {
    const [year, month, day] = this.nativeTarget.value.split("-");
    this.textTarget.value = day ? `${day}/${month}/${year}` : "";
    this.textTarget.dispatchEvent(new Event("input", { bubbles: true }));
    this.textTarget.focus();
  }
}

/** "18112026", "18-11-26", "1.2.2026" -> "18/11/2026"; null when it is no date. */
export function parseDate(text) {
  const digits = text.trim();
  const parts = /^\d{6}$|^\d{8}$/.test(digits)
    ? [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4)]
    : digits.split(/[\s/.-]+/);
  if (parts.length !== 3 || parts.some((part) => !/^\d+$/.test(part))) return null;
  const [day, month] = parts.map(Number);
  const year = parts[2].length === 2 ? 2000 + Number(parts[2]) : Number(parts[2]);
  const date = new Date(year, month - 1, day);
  if (date.getMonth() !== month - 1 || date.getDate() !== day || year < 1900) return null;
  return `${String(day).padStart(2, "0")}/${String(month).padStart(2, "0")}/${year}`;
}
