/* One question dialog for the whole page (base.html), also used by hx-confirm. */
import { Modal } from "bootstrap";

/** Ask; resolves to true when the person agrees. The button carries the verb. */
export function ask(text, verb = "Đồng ý") {
  const element = document.getElementById("confirm-dialog");
  const yes = element.querySelector("[data-confirm-yes]");
  element.querySelector("#confirm-dialog-text").textContent = text;
  yes.textContent = verb;
  const dialog = Modal.getOrCreateInstance(element);
  return new Promise((resolve) => {
    let agreed = false;
    const agree = () => {
      agreed = true;
      dialog.hide();
    };
    yes.addEventListener("click", agree);
    element.addEventListener("shown.bs.modal", () => yes.focus(), { once: true });
    element.addEventListener(
      "hidden.bs.modal",
      () => {
        yes.removeEventListener("click", agree);
        resolve(agreed);
      },
      { once: true },
    );
    dialog.show();
  });
}

document.addEventListener("htmx:confirm", async (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  const verb = event.detail.elt.dataset.confirmVerb;
  if (await ask(event.detail.question, verb)) event.detail.issueRequest(true);
});
