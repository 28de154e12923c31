/* What all htmx requests share: the form token, whole pages as answers, waiting live refreshes. */
import { Idiomorph } from "idiomorph/htmx";
import { csrfToken } from "./csrf.js";
import { showToast } from "./toasts.js";

// A list is morphed while somebody types in its filter: what stands in the focused box stays.
Idiomorph.defaults.ignoreActiveValue = true;

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = csrfToken();
});

// A session that ended answers with the sign-in page: open it as a page, not inside a list.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (!/^\s*<!doctype html/i.test(xhr.responseText)) return;
  event.detail.shouldSwap = false;
  window.location.assign(xhr.responseURL || window.location.href);
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const cause = event.detail.requestConfig.triggeringEvent?.type ?? "";
  if (cause.startsWith("live-") && isBusy(event.detail.target)) event.preventDefault();
});

document.addEventListener("htmx:sendError", () => {
  showToast({ message: "Không kết nối được máy chủ. Hãy thử lại.", tone: "late" });
});

// Header HX-Trigger: {"toast": {"message": …, "tone": …, "undo": …}}
document.addEventListener("toast", (event) => showToast(event.detail));

/** Whether somebody is ticking rows or typing in the part that a live message would replace. */
function isBusy(target) {
  const ticked = target.querySelector('input[type="checkbox"]:checked');
  const typing = target.contains(document.activeElement) && isField(document.activeElement);
  return Boolean(ticked || typing || target.querySelector(".dropdown-menu.show, .modal.show"));
}

function isField(element) {
  return element.matches('input:not([type="checkbox"]), textarea, select');
}
