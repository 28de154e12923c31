import { Toast } from "bootstrap";
import { csrfToken } from "./csrf.js";

const TONES = new Set(["ok", "warn", "late"]);

/**
 * Show a message in the corner. `url` makes it a link, `undo` adds a button that posts there.
 * Urgent ones (tone "late") stay until they are closed.
 */
export function showToast({ message, tone = "ok", url = null, undo = null }) {
  const template = document.getElementById("toast-template");
  if (!template) return;
  const toast = template.content.firstElementChild.cloneNode(true);
  const look = TONES.has(tone) ? tone : "ok";
  toast.classList.remove("cv-toast-ok");
  toast.classList.add(`cv-toast-${look}`);
  toast.removeAttribute("data-controller");
  if (look !== "ok") useIcon(toast, "alert-triangle");
  const text = toast.querySelector(".toast-body > span");
  text.replaceChildren(url ? linkTo(url, message) : message);
  if (undo) text.after(undoForm(undo));
  document.getElementById("toasts").append(toast);
  toast.addEventListener("hidden.bs.toast", () => toast.remove());
  Toast.getOrCreateInstance(toast, { autohide: look !== "late", delay: 5000 }).show();
}

/** Another icon of the same sprite. */
function useIcon(toast, name) {
  const use = toast.querySelector(".toast-body use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*$/, `#${name}`));
}

function linkTo(url, message) {
  const link = document.createElement("a");
  link.href = url;
  link.textContent = message;
  return link;
}

function undoForm(url) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = url;
  const token = document.createElement("input");
  token.type = "hidden";
  token.name = "csrf_token";
  token.value = csrfToken();
  const button = document.createElement("button");
  button.className = "btn btn-sm";
  button.textContent = "Hoàn tác";
  form.append(token, button);
  return form;
}
