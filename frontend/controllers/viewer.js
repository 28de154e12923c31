/* The viewer of a document: a PDF or an image, with frames around what was read. */
import { Boxes } from "../viewer/boxes.js";

/** Mount on the markup of the macro `viewer` (ui/files.html). */
export async function mount(element) {
  const viewer = new Viewer(element);
  await viewer.open();
  return viewer;
}

class Viewer {
  constructor(element) {
    this.element = element;
    this.scroll = this.part("scroll");
    this.boxes = new Boxes(this.scroll, JSON.parse(this.setting("boxes") || "[]"));
    document.addEventListener("viewer:show-box", this.onShowBox);
    document.addEventListener("viewer:clear", this.onClear);
    this.resizes = new ResizeObserver(() => {
      this.pages?.refit();
      this.boxes.resume();
    });
  }

  async open() {
    try {
      const kind = this.setting("kind");
      const module = kind === "image" ? import("../viewer/image-pages.js") : import("../viewer/pdf-pages.js");
      const { openPages } = await module;
      this.pages = await openPages(this.settings(), this.listeners());
      this.boxes.attach(this.pages);
      this.resizes.observe(this.scroll);
      this.start();
    } catch (error) {
      this.part("error").hidden = false;
      console.warn("the document did not open", error.name);
    }
    this.part("progress").remove();
  }

  settings() {
    return {
      scroll: this.scroll,
      content: this.part("content"),
      url: this.setting("url"),
      workerUrl: this.setting("worker"),
      cssUrl: this.setting("css"),
      dataUrl: this.setting("data"),
    };
  }

  listeners() {
    return {
      page: (number) => {
        if (document.activeElement !== this.part("page")) this.part("page").value = number;
      },
      zoom: (scale) => (this.part("zoom").textContent = `${Math.round(scale * 100)}%`),
      drawn: (number) => this.boxes.paint(number),
      matches: (text) => (this.part("matches").textContent = text),
      progress: (share) => (this.part("progress").value = share),
    };
  }

  start() {
    this.part("pages").textContent = this.pages.count;
    const page = Number(this.setting("page")) || 1;
    if (page > 1) this.pages.goTo(page);
    const words = this.setting("find");
    if (words) this.pages.find?.(words, false);
    this.element.dataset.loaded = "true";
    document.dispatchEvent(new CustomEvent("viewer:ready"));
  }

  previous() {
    this.pages?.goTo(this.pages.current - 1);
  }

  next() {
    this.pages?.goTo(this.pages.current + 1);
  }

  goTo(event) {
    this.pages?.goTo(Number.parseInt(event.target.value, 10) || this.pages.current);
    event.target.value = this.pages?.current ?? 1;
  }

  zoomIn() {
    this.pages?.zoom(1.2);
  }

  zoomOut() {
    this.pages?.zoom(1 / 1.2);
  }

  fit() {
    this.pages?.fit();
  }

  rotate() {
    this.pages?.rotate();
  }

  find(event) {
    this.pages?.find?.(event.target.value, false);
  }

  findNext(event) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    this.pages?.find?.(event.target.value, true);
  }

  onShowBox = (event) => this.boxes.show(event.detail);

  onClear = () => this.boxes.clear();

  part(name) {
    return this.element.querySelector(`[data-viewer-target="${name}"]`) ?? document.createElement("i");
  }

  setting(name) {
    return this.element.getAttribute(`data-viewer-${name}-value`) ?? "";
  }

  dispose() {
    document.removeEventListener("viewer:show-box", this.onShowBox);
    document.removeEventListener("viewer:clear", this.onClear);
    this.resizes.disconnect();
    this.pages?.dispose();
  }
}
