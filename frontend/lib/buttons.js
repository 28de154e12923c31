/* A pressed submit button keeps its width, shows a spinner and cannot be pressed twice. */
const GIVE_BACK_MS = 15_000;

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented && !event.target.matches("[hx-post], [hx-get]")) return;
  const button = event.submitter;
  if (!button || event.target.method !== "post") return;
  // After this turn, so that the button's own name and value are still sent.
  setTimeout(() => setBusy(button, true));
  // An answer that is a download leaves the page as it is.
  setTimeout(() => setBusy(button, false), GIVE_BACK_MS);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form") ?? event.detail.elt;
  for (const button of form.querySelectorAll?.(".cv-busy") ?? []) setBusy(button, false);
  for (const button of document.querySelectorAll(".cv-busy[form]")) setBusy(button, false);
});

// The back button shows the page as it was left, with the spinner: switch it off again.
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll(".cv-busy")) setBusy(button, false);
});

function setBusy(button, busy) {
  button.classList.toggle("cv-busy", busy);
  button.disabled = busy;
}
