/** Fetch the style sheet of a large library, once a page; its layout is wrong before it has come. */
export function styleSheet(url) {
  if (document.querySelector(`link[href="${CSS.escape(url)}"]`)) return Promise.resolve();
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: url });
  const loaded = new Promise((resolve, reject) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", reject);
  });
  document.head.prepend(link); // before ours, so that ours decides
  return loaded;
}
