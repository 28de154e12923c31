import { Controller } from "@hotwired/stimulus";

const WAIT_MS = 160;
const SHORTEST = 2;
let made = 0;

/** A search box that offers how what is typed may go on: the combobox pattern of ARIA 1.2. */
export default class SuggestController extends Controller {
  static targets = ["input"];
  static values = { url: String };

  connect() {
    if (!this.urlValue) return;
    made += 1;
    this.list = document.createElement("div");
    Object.assign(this.list, { id: `suggestions-${made}`, className: "cv-offers", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Gợi ý");
    this.element.append(this.list);
    const attributes = {
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
      "aria-controls": this.list.id,
    };
    for (const [name, value] of Object.entries(attributes)) this.inputTarget.setAttribute(name, value);
    this.inputTarget.addEventListener("input", this.typed);
    this.inputTarget.addEventListener("keydown", this.pressed);
    this.inputTarget.addEventListener("blur", this.left);
    // The box keeps the focus, so that a click on an option is not a departure.
    this.list.addEventListener("mousedown", keepFocus);
  }

  disconnect() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.inputTarget?.removeEventListener("input", this.typed);
    this.inputTarget?.removeEventListener("keydown", this.pressed);
    this.inputTarget?.removeEventListener("blur", this.left);
    this.list?.remove();
  }

  get options() {
    return [...this.list.querySelectorAll('[role="option"]')];
  }

  typed = () => {
    clearTimeout(this.timer);
    this.asking?.abort();
    if (this.inputTarget.value.trim().length < SHORTEST) this.close();
    else this.timer = setTimeout(() => this.ask(this.inputTarget.value), WAIT_MS);
  };

  async ask(words) {
    this.asking = new AbortController();
    const address = new URL(this.urlValue, window.location.href);
    address.searchParams.set("q", words);
    try {
      const answer = await fetch(address, { signal: this.asking.signal });
      if (answer.ok && !answer.redirected) this.open(await answer.text());
    } catch {
      this.close(); // what is typed can be searched all the same
    }
  }

  open(html) {
    this.list.innerHTML = html;
    const options = this.options;
    for (const [at, option] of options.entries()) option.id = `${this.list.id}-${at}`;
    this.list.hidden = options.length === 0 || document.activeElement !== this.inputTarget;
    this.inputTarget.setAttribute("aria-expanded", String(!this.list.hidden));
    this.choose(-1);
  }

  close() {
    this.list.hidden = true;
    this.inputTarget.setAttribute("aria-expanded", "false");
    this.choose(-1);
  }

  choose(at) {
    this.at = at;
    for (const [n, option] of this.options.entries()) option.setAttribute("aria-selected", String(n === at));
    const chosen = this.options[at];
    if (chosen) this.inputTarget.setAttribute("aria-activedescendant", chosen.id);
    else this.inputTarget.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
  }

  pressed = (event) => {
    if (this.list.hidden) return;
    const count = this.options.length;
    if (event.key === "ArrowDown") this.choose((this.at + 1) % count);
    else if (event.key === "ArrowUp") this.choose((this.at <= 0 ? count : this.at) - 1);
    else if (event.key === "Enter" && this.at >= 0) this.options[this.at].click();
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  left = () => this.close();
}

function keepFocus(event) {
  event.preventDefault();
}
