/* What a text area of a letter's body holds: the editor's HTML, or plain lines. */

/** Whether a text is the editor's HTML and not typed lines. */
export function isMarkup(text) {
  return /^\s*<(p|ul|ol|table)\b/i.test(text);
}

/** Typed lines as a document of the editor; one paragraph a line, blank lines left out. */
export function paragraphs(text) {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const content = lines
    .filter(Boolean)
    .map((line) => ({ type: "paragraph", content: [{ type: "text", text: line }] }));
  return { type: "doc", content: content.length ? content : [{ type: "paragraph" }] };
}

/** The index of the tool that an arrow key, Home or End leads to; null for other keys. */
export function nextTool(key, at, count) {
  const steps = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1 };
  if (key in steps) return (steps[key] + count) % count;
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : null;
}
