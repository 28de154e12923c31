/* A form that lacks something is not sent: our own sentence stands under the field, not a bubble. */
const SENTENCE = "Hãy điền ô này.";
const CHOOSE = "Hãy chọn một mục.";

document.addEventListener(
  "submit",
  (event) => {
    if (event.submitter?.formNoValidate) return;
    const missing = [...event.target.elements].filter(isMissing);
    if (!missing.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    missing.forEach(say);
    const first = missing[0].tomselect?.control_input ?? missing[0];
    first.focus();
    first.scrollIntoView({ block: "center" });
  },
  true,
);

document.addEventListener("input", forget);
document.addEventListener("change", forget);

/** Empty though required; what is folded away is left to the server. */
function isMissing(element) {
  return Boolean(element.validity?.valueMissing) && element.getClientRects().length > 0;
}

function say(element) {
  const place = placeOf(element);
  if (place.querySelector("[data-required-note]")) return;
  const note = document.createElement("div");
  note.className = "cv-field-error";
  note.dataset.requiredNote = "";
  note.id = `${element.id || element.name}-missing`;
  note.setAttribute("role", "alert");
  note.textContent = element.matches("select, [type=radio]") ? CHOOSE : SENTENCE;
  place.append(note);
  element.setAttribute("aria-invalid", "true");
  if (!element.hasAttribute("aria-describedby")) element.setAttribute("aria-describedby", note.id);
}

function placeOf(element) {
  return element.closest("fieldset.cv-field, .cv-field") ?? element.parentElement;
}

function forget(event) {
  const note = placeOf(event.target)?.querySelector("[data-required-note]");
  if (!note) return;
  note.remove();
  event.target.removeAttribute("aria-invalid");
  if (event.target.getAttribute("aria-describedby") === note.id) event.target.removeAttribute("aria-describedby");
}
