import { Controller } from "@hotwired/stimulus";

/**
 * A controller whose code is fetched when its element first appears.
 *
 * The module exports `mount(element)`, which may be async and returns an object: `dispose()` is
 * called when the element leaves the page. `acts` are the methods of that object which data-action
 * may name; before the code has come they do nothing. Until then the element has `data-mounting`.
 */
export function lazy(load, acts = []) {
  class LazyController extends Controller {
    async connect() {
      this.wanted = true;
      this.element.dataset.mounting = "true";
      try {
        await this.mount();
      } finally {
        delete this.element.dataset.mounting;
      }
    }

    async mount() {
      const { mount } = await load();
      if (!this.wanted) return;
      const widget = await mount(this.element);
      if (this.wanted) this.widget = widget;
      else widget.dispose();
    }

    disconnect() {
      this.wanted = false;
      this.widget?.dispose();
      this.widget = null;
    }
  }
  for (const act of acts) {
    LazyController.prototype[act] = function forward(event) {
      this.widget?.[act](event);
    };
  }
  return LazyController;
}
