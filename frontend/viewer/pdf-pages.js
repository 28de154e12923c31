/* Pages of a PDF by pdf.js. Scripts, forms and outside links of the file stay switched off. */
import * as pdfjs from "pdfjs-dist";
import { styleSheet } from "../lib/style-sheet.js";

/** Open the file by range requests; rejects when it cannot be shown. */
export async function openPages(settings, on) {
  globalThis.pdfjsLib = pdfjs; // pdf_viewer.mjs looks for it there
  const [parts] = await Promise.all([
    import("pdfjs-dist/web/pdf_viewer.mjs"),
    styleSheet(settings.cssUrl),
  ]);
  pdfjs.GlobalWorkerOptions.workerSrc = settings.workerUrl;
  const task = pdfjs.getDocument({
    url: settings.url,
    standardFontDataUrl: `${settings.dataUrl}standard_fonts/`,
    wasmUrl: `${settings.dataUrl}wasm/`,
    isEvalSupported: false,
    verbosity: pdfjs.VerbosityLevel.ERRORS,
    enableXfa: false,
  });
  task.onProgress = ({ loaded, total }) => total && on.progress(loaded / total);
  const file = await task.promise;
  const pages = new PdfPages(parts, settings, on, task, file.numPages);
  await pages.show(file);
  return pages;
}

/** In place of the English texts of pdf.js: the one that can be met here, the name of a page. */
class PageNames {
  getLanguage() {
    return "vi";
  }

  getDirection() {
    return "ltr";
  }

  async get(ids, args, fallback) {
    return fallback ?? "";
  }

  async translate(element) {
    const pages = element.matches(".page") ? [element] : element.querySelectorAll(".page");
    for (const page of pages) page.setAttribute("aria-label", `Trang ${page.dataset.pageNumber}`);
  }

  async translateOnce() {}

  async destroy() {}

  pause() {}

  resume() {}
}

class PdfPages {
  constructor(parts, settings, on, task, count) {
    const { PDFViewer, EventBus, PDFLinkService, PDFFindController, FindState } = parts;
    Object.assign(this, { on, task, count, scroll: settings.scroll });
    this.notFound = FindState.NOT_FOUND;
    this.fitted = true;
    this.waitingPage = null;
    this.bus = new EventBus();
    this.links = new PDFLinkService({ eventBus: this.bus });
    this.links.externalLinkEnabled = false;
    const findController = new PDFFindController({ eventBus: this.bus, linkService: this.links });
    this.viewer = new PDFViewer({
      container: settings.scroll,
      viewer: settings.content,
      eventBus: this.bus,
      linkService: this.links,
      findController,
      annotationEditorMode: pdfjs.AnnotationEditorType.DISABLE,
      annotationMode: pdfjs.AnnotationMode.ENABLE,
      textLayerMode: 1,
      l10n: new PageNames(),
    });
    this.links.setViewer(this.viewer);
    this.listen();
  }

  listen() {
    this.bus.on("pagechanging", ({ pageNumber }) => this.on.page(pageNumber));
    this.bus.on("scalechanging", ({ scale }) => this.on.zoom(scale));
    this.bus.on("pagerendered", ({ pageNumber }) => this.on.drawn(pageNumber));
    this.bus.on("updatefindmatchescount", ({ matchesCount }) => this.tellMatches(matchesCount));
    this.bus.on("updatefindcontrolstate", ({ matchesCount, state }) => {
      if (state === this.notFound && this.findEach()) return;
      this.tellMatches(matchesCount);
    });
  }

  /** Resolves when all pages have their places, though not yet their content. */
  show(file) {
    const ready = new Promise((resolve) => {
      this.bus.on("pagesinit", resolve, { once: true });
    });
    this.viewer.setDocument(file);
    this.links.setDocument(file, null);
    return ready.then(() => this.fit());
  }

  tellMatches({ current, total }) {
    if (this.words) this.on.matches(total ? `${current}/${total}` : "0 kết quả");
  }

  element(number) {
    return this.viewer.getPageView(number - 1)?.div ?? null;
  }

  get current() {
    return this.viewer.currentPageNumber;
  }

  get rotation() {
    return this.viewer.pagesRotation;
  }

  goTo(number) {
    const page = Math.min(Math.max(number, 1), this.count);
    if (this.hidden) this.waitingPage = page;
    else this.viewer.currentPageNumber = page;
  }

  /** On a phone the other half of the page may be shown: nothing can be measured or scrolled. */
  get hidden() {
    return !this.scroll.clientWidth;
  }

  fit() {
    this.fitted = true;
    if (!this.hidden) this.viewer.currentScaleValue = "page-width";
  }

  /** The space has changed, or the viewer is shown again. */
  refit() {
    if (this.hidden) return;
    if (this.fitted) this.fit();
    if (this.waitingPage) this.goTo(this.waitingPage);
    this.waitingPage = null;
  }

  zoom(factor) {
    this.fitted = false;
    this.viewer.currentScale = Math.min(Math.max(this.viewer.currentScale * factor, 0.1), 8);
  }

  rotate() {
    this.viewer.pagesRotation = (this.viewer.pagesRotation + 90) % 360;
  }

  find(words, again) {
    this.words = words.trim();
    if (!this.words) this.on.matches("");
    if (!again) this.query = this.words;
    this.search(again ? "again" : "");
  }

  /** What does not stand in a row is looked for word by word, once. Returns whether it was. */
  findEach() {
    const each = this.words?.split(/\s+/) ?? [];
    if (Array.isArray(this.query) || each.length < 2) return false;
    this.query = each;
    this.search("");
    return true;
  }

  search(type) {
    this.bus.dispatch("find", {
      source: this,
      type,
      query: this.query,
      highlightAll: true,
      caseSensitive: false,
      entireWord: false,
      matchDiacritics: false,
      findPrevious: false,
    });
  }

  dispose() {
    this.viewer.cleanup();
    this.task.destroy();
  }
}
