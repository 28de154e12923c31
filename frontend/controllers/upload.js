import { Controller } from "@hotwired/stimulus";
import { csrfToken } from "../lib/csrf.js";

const PARALLEL = 3;
const numbers = new Intl.NumberFormat("vi-VN", { maximumFractionDigits: 1 });

/** Many files, one request each, three at a time; every row can be cancelled and tried again. */
export default class UploadController extends Controller {
  static targets = ["input", "list", "template", "status", "join", "joinIds"];
  static values = { maxMb: Number, accept: String, refresh: String };

  connect() {
    this.waiting = [];
    this.running = new Set();
    this.arrived = 0;
    this.letters = new Map(); // of each drop: the letters that its files became
    window.addEventListener("beforeunload", this.warn);
  }

  disconnect() {
    window.removeEventListener("beforeunload", this.warn);
    for (const item of this.running) item.request.abort();
  }

  choose() {
    this.add(this.inputTarget.files);
    this.inputTarget.value = "";
  }

  over(event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.element.classList.add("cv-drop-over");
  }

  leave(event) {
    if (!this.element.contains(event.relatedTarget)) this.element.classList.remove("cv-drop-over");
  }

  drop(event) {
    event.preventDefault();
    this.element.classList.remove("cv-drop-over");
    this.add(event.dataTransfer.files);
  }

  add(files) {
    const batch = `${Date.now()}-${Math.random().toString(36).slice(2, 8)}`;
    for (const file of files) this.enqueue(file, batch);
    this.pump();
  }

  /** A row for the file; what the server would refuse is said before it is sent. */
  enqueue(file, batch) {
    const row = this.templateTarget.content.firstElementChild.cloneNode(true);
    const part = (name) => row.querySelector(`[data-part="${name}"]`);
    const item = { file, batch, row, part };
    part("name").textContent = file.name;
    part("size").textContent = sizeText(file.size);
    part("bar").setAttribute("aria-label", `Tiến độ tải ${file.name}`);
    part("cancel").addEventListener("click", () => this.cancel(item));
    part("retry").addEventListener("click", () => this.retry(item));
    this.listTarget.append(row);
    const refusal = this.refusalOf(file);
    if (refusal) this.settle(item, { message: refusal, tone: "late" });
    else this.waiting.push(item);
  }

  refusalOf(file) {
    if (file.size === 0) return "Tệp trống, không tải lên được.";
    if (file.size > this.maxMbValue * 1024 * 1024) return `Tệp lớn hơn ${this.maxMbValue} MB.`;
    const kinds = this.acceptValue.toLowerCase().split(",").map((kind) => kind.trim());
    const known = kinds.some((kind) => !kind.startsWith(".") || file.name.toLowerCase().endsWith(kind));
    return known ? null : "Loại tệp này không nhận được.";
  }

  pump() {
    while (this.running.size < PARALLEL && this.waiting.length) this.send(this.waiting.shift());
    if (!this.running.size && !this.waiting.length && this.arrived) this.finish();
  }

  send(item) {
    const request = new XMLHttpRequest();
    item.request = request;
    this.running.add(item);
    item.part("message").textContent = "Đang tải lên";
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      item.part("bar").value = (event.loaded / event.total) * 100;
      if (event.loaded === event.total) item.part("message").textContent = "Đang xử lý…";
    });
    request.addEventListener("loadend", () => this.ended(item));
    request.open("POST", this.element.action);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("Accept", "application/json");
    request.send(this.bodyOf(item));
  }

  bodyOf(item) {
    const body = new FormData();
    for (const field of this.element.querySelectorAll("[data-upload-field]")) {
      body.append(field.name, field.value);
    }
    body.append("batch", item.batch);
    body.append(this.inputTarget.name, item.file, item.file.name);
    return body;
  }

  ended(item) {
    this.running.delete(item);
    if (!item.cancelled) {
      const good = item.request.status >= 200 && item.request.status < 300;
      if (good) this.arrived += 1;
      const answer = answerOf(item.request, good);
      if (answer.letter) this.offerJoin(item, answer.letter);
      this.settle(item, answer);
    }
    this.pump();
  }

  /** Show the sentence of the server; only what did not arrive can be tried again. */
  settle(item, { message, tone = "ok", url = null, again = false }) {
    item.part("message").textContent = message;
    item.row.classList.remove("cv-upload-ok", "cv-upload-warn", "cv-upload-late");
    item.row.classList.add(`cv-upload-${tone}`);
    item.part("cancel").hidden = true;
    item.part("retry").hidden = !again;
    item.part("bar").hidden = !again;
    item.part("link").hidden = !url;
    if (url) item.part("link").href = url;
  }

  /** Two or more files of one drop may become one letter, the first of them its main file. */
  offerJoin({ batch, row }, letter) {
    const at = [...this.listTarget.children].indexOf(row);
    const letters = [...(this.letters.get(batch) ?? []), { letter, at }].sort((a, b) => a.at - b.at);
    this.letters.set(batch, letters);
    if (!this.hasJoinTarget || letters.length < 2) return;
    this.joinIdsTarget.replaceChildren(...letters.map((one) => hidden("id", one.letter)));
    this.joinTarget.hidden = false;
  }

  cancel(item) {
    item.cancelled = true;
    this.waiting = this.waiting.filter((other) => other !== item);
    item.request?.abort();
    this.settle(item, { message: "Đã hủy", tone: "warn", again: true });
    this.pump();
  }

  retry(item) {
    item.cancelled = false;
    item.row.classList.remove("cv-upload-warn", "cv-upload-late");
    item.part("bar").value = 0;
    item.part("bar").hidden = false;
    item.part("cancel").hidden = false;
    item.part("retry").hidden = true;
    item.part("message").textContent = "Đang chờ";
    this.waiting.push(item);
    this.pump();
  }

  finish() {
    this.statusTarget.textContent = `Đã tải lên ${this.arrived} tệp.`;
    this.dispatch("done", { detail: { count: this.arrived } });
    this.arrived = 0;
    if (this.refreshValue) document.body.dispatchEvent(new CustomEvent(`live-${this.refreshValue}`));
  }

  warn = (event) => {
    if (this.running.size || this.waiting.length) event.preventDefault();
  };
}

/** The sentence for one file: the server's own, or what can be said without one. */
function answerOf(request, good) {
  let answer = {};
  try {
    answer = JSON.parse(request.responseText);
  } catch {
    answer = {};
  }
  if (good) return { ...answer, message: answer.message ?? "Đã tải lên" };
  const message = answer.message ?? answer.error ?? messageOf(request.status);
  return { message, tone: "late", url: answer.url, again: !answer.message };
}

function hidden(name, value) {
  return Object.assign(document.createElement("input"), { type: "hidden", name, value });
}

function messageOf(status) {
  if (status === 0) return "Mất kết nối, tệp chưa tới máy chủ.";
  if (status === 413) return "Tệp quá lớn.";
  if (status === 401 || status === 403) return "Phiên đăng nhập đã hết hoặc không đủ quyền.";
  return "Máy chủ chưa nhận được tệp. Hãy tải lại.";
}

function sizeText(bytes) {
  if (bytes < 1024 * 1024) return `${numbers.format(Math.ceil(bytes / 1024))} KB`;
  return `${numbers.format(bytes / 1024 / 1024)} MB`;
}
