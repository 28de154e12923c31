/* One image shown with the tools of the PDF viewer. */

const MARGIN_PX = 32;

/** Load the image; rejects when it cannot be shown. */
export async function openPages({ scroll, content, url }, on) {
  const image = new Image();
  image.alt = "Ảnh của văn bản";
  image.src = url;
  await image.decode();
  return new ImagePages(scroll, content, image, on);
}

class ImagePages {
  count = 1;
  current = 1;
  rotation = 0;
  fitted = true;

  constructor(scroll, content, image, on) {
    Object.assign(this, { scroll, image, on });
    this.page = document.createElement("div");
    this.page.className = "page";
    this.page.append(image);
    content.append(this.page);
    this.fit();
    on.page(1);
  }

  element(number) {
    return number === 1 ? this.page : null;
  }

  /** Width and height in pixels as the image lies now. */
  size() {
    const { naturalWidth, naturalHeight } = this.image;
    return this.rotation % 180 ? [naturalHeight, naturalWidth] : [naturalWidth, naturalHeight];
  }

  fit() {
    this.fitted = true;
    this.apply((this.scroll.clientWidth - MARGIN_PX) / this.size()[0]);
  }

  refit() {
    if (this.fitted && this.scroll.clientWidth) this.fit();
  }

  zoom(factor) {
    this.fitted = false;
    this.apply(Math.min(Math.max(this.scale * factor, 0.05), 8));
  }

  rotate() {
    this.rotation = (this.rotation + 90) % 360;
    this.refit();
    this.apply(this.scale);
    this.on.drawn(1);
  }

  apply(scale) {
    this.scale = scale;
    const [width, height] = this.size().map((pixels) => Math.round(pixels * scale));
    Object.assign(this.page.style, { width: `${width}px`, height: `${height}px` });
    const lying = this.rotation % 180 !== 0;
    Object.assign(this.image.style, {
      position: "absolute",
      left: "50%",
      top: "50%",
      width: `${lying ? height : width}px`,
      height: `${lying ? width : height}px`,
      transform: `translate(-50%, -50%) rotate(${this.rotation}deg)`,
    });
    this.on.zoom(scale);
  }

  goTo() {
    this.scroll.scrollTo({ top: 0 });
  }

  dispose() {
    this.page.remove();
  }
}
