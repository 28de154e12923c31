/**
 * Frames on the pages of a document.
 *
 * A box is [x0, y0, x1, y1] in fractions of the page as it is shown, origin top left. The pages
 * throw their children away when they are drawn again, so the frames are painted after each time.
 */
export class Boxes {
  constructor(scroll, fixed) {
    this.scroll = scroll;
    this.fixed = fixed;
    this.now = null;
    this.pages = null;
    this.waiting = false;
  }

  attach(pages) {
    this.pages = pages;
    for (const box of this.fixed) this.paint(box.page);
    if (this.now) this.show(this.now);
  }

  /** Draw one more frame, in place of the one before, and bring it into view. */
  show(detail) {
    const before = this.now?.page;
    this.now = detail;
    if (!this.pages) return;
    if (before && before !== detail.page) this.paint(before);
    this.paint(detail.page);
    this.reveal(detail);
  }

  /** The viewer can be seen (again): scroll to the frame that was asked for meanwhile. */
  resume() {
    if (this.waiting && this.now && this.scroll.clientHeight) this.reveal(this.now);
  }

  clear() {
    const before = this.now?.page;
    this.now = null;
    if (before) this.paint(before);
  }

  paint(number) {
    const page = this.pages?.element(number);
    if (!page) return;
    for (const old of page.querySelectorAll(":scope > .cv-box")) old.remove();
    for (const box of this.fixed) if (box.page === number) page.append(this.frame(box, ""));
    if (this.now?.page === number) page.append(this.frame(this.now, "cv-box-now"));
  }

  frame({ box, label }, look) {
    const [x0, y0, x1, y1] = turned(box, this.pages.rotation);
    const frame = document.createElement("div");
    frame.className = `cv-box ${look}`;
    frame.classList.toggle("cv-box-low", y0 < 0.04);
    Object.assign(frame.style, {
      left: percent(x0 - 0.004),
      top: percent(y0 - 0.003),
      width: percent(x1 - x0 + 0.008),
      height: percent(y1 - y0 + 0.006),
    });
    if (label) {
      const name = document.createElement("span");
      name.textContent = label;
      frame.append(name);
    }
    return frame;
  }

  /** Scroll so that the box stands in the upper third, unless it can be seen well already. */
  reveal({ page, box }) {
    const element = this.pages.element(page);
    this.waiting = !this.scroll.clientHeight;
    if (!element || this.waiting) return;
    const [x0, y0, x1, y1] = turned(box, this.pages.rotation);
    const outer = this.scroll.getBoundingClientRect();
    const inner = element.getBoundingClientRect();
    const top = inner.top - outer.top + y0 * inner.height;
    const bottom = inner.top - outer.top + y1 * inner.height;
    const left = inner.left - outer.left + x0 * inner.width;
    const right = inner.left - outer.left + x1 * inner.width;
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const behavior = calm ? "instant" : "smooth";
    const sees = top > 30 && bottom < outer.height - 30 && left > 0 && right < outer.width;
    if (sees) return;
    this.scroll.scrollBy({ top: top - outer.height / 3, left: Math.min(left - 24, 0), behavior });
  }
}

/** The box after the page was turned clockwise by 0, 90, 180 or 270 degrees. */
export function turned([x0, y0, x1, y1], rotation) {
  if (rotation === 90) return [1 - y1, x0, 1 - y0, x1];
  if (rotation === 180) return [1 - x1, 1 - y1, 1 - x0, 1 - y0];
  if (rotation === 270) return [y0, 1 - x1, y1, 1 - x0];
  return [x0, y0, x1, y1];
}

function percent(share) {
  return `${(share * 100).toFixed(3)}%`;
}
