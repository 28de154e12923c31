import { Controller } from "@hotwired/stimulus";
import { showToast } from "../lib/toasts.js";

const POLL_MS = 30_000;
const numbers = new Intl.NumberFormat("vi-VN");

/**
 * Counters, progress and urgent notices while the tab is visible, from a stream of server-sent
 * events; when the server refuses one (204, an error) from a question every 30 seconds.
 * The form of a message: docs/frontend.md.
 */
export default class LiveController extends Controller {
  static values = { url: String, pollUrl: String };

  connect() {
    document.addEventListener("visibilitychange", this.update);
    this.update();
  }

  disconnect() {
    document.removeEventListener("visibilitychange", this.update);
    this.stop();
  }

  update = () => {
    this.stop();
    if (document.visibilityState === "visible") this.listen();
  };

  listen() {
    if (!this.urlValue) return this.poll();
    this.source = new EventSource(this.urlValue);
    this.source.addEventListener("message", (event) => this.take(JSON.parse(event.data)));
    this.source.addEventListener("error", () => {
      // CONNECTING: the browser tries again by itself. CLOSED: refused for good (204, 4xx, 5xx).
      if (this.source?.readyState === EventSource.CLOSED) this.poll();
    });
  }

  poll() {
    this.stop();
    if (!this.pollUrlValue) return;
    this.timer = setInterval(() => this.ask(), POLL_MS);
    this.ask();
  }

  async ask() {
    try {
      const answer = await fetch(this.pollUrlValue, { headers: { Accept: "application/json" } });
      if (answer.status === 401) return this.stop();
      if (answer.ok && answer.status !== 204) this.take(await answer.json());
    } catch {
      // The network is gone; the strip says so, and the next turn asks again.
    }
  }

  stop() {
    this.source?.close();
    this.source = null;
    clearInterval(this.timer);
  }

  take({ counters = {}, progress = {}, changed = [], toasts = [] }) {
    for (const [key, value] of Object.entries(counters)) setCounter(key, value);
    for (const [key, value] of Object.entries(progress)) setProgress(key, value);
    for (const topic of changed) document.body.dispatchEvent(new CustomEvent(`live-${topic}`));
    for (const toast of toasts) if (isNew(toast.id)) showToast(toast);
  }
}

/** Whether a notice was not shown in this tab yet. Only ids are kept, never a text. */
function isNew(id) {
  const seen = JSON.parse(sessionStorage.getItem("notices") ?? "[]");
  if (seen.includes(id)) return false;
  sessionStorage.setItem("notices", JSON.stringify([...seen, id].slice(-100)));
  return true;
}

function setCounter(key, value) {
  const { number, urgent } = typeof value === "object" ? value : { number: value };
  for (const element of document.querySelectorAll(`[data-counter="${CSS.escape(key)}"]`)) {
    (element.querySelector("[data-counter-number]") ?? element).textContent = numbers.format(number);
    element.hidden = !number;
    if (urgent !== undefined) element.classList.toggle("cv-count-hot", urgent);
  }
}

function setProgress(key, [done, total]) {
  const name = CSS.escape(key);
  for (const bar of document.querySelectorAll(`[data-progress="${name}"]`)) {
    bar.max = total || 1;
    bar.value = done;
  }
  for (const text of document.querySelectorAll(`[data-progress-text="${name}"]`)) {
    text.textContent = `${done}/${total}`;
  }
}
