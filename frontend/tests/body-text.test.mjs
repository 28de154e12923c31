import assert from "node:assert/strict";
import test from "node:test";
import { isMarkup, nextTool, paragraphs } from "../lib/body-text.js";

test("only the editor's own HTML is taken for markup", () => {
  for (const html of ["<p>a</p>", " <table><tr>", "<ol><li>", '<P class="x">']) assert.ok(isMarkup(html), html);
  for (const text of ["", "a < b", "<b>a</b>", "<pre>", "Điều 1."]) assert.ok(!isMarkup(text), text);
});

test("typed lines become paragraphs, and nothing becomes one empty paragraph", () => {
  const typed = paragraphs("Một\r\n\r\n  Hai ");
  assert.deepEqual(typed.content.map((node) => node.content[0].text), ["Một", "Hai"]);
  assert.deepEqual(paragraphs(" \n").content, [{ type: "paragraph" }]);
});

test("arrows go round the tools, other keys stay", () => {
  assert.equal(nextTool("ArrowRight", 4, 5), 0);
  assert.equal(nextTool("ArrowLeft", 0, 5), 4);
  assert.equal(nextTool("Home", 3, 5), 0);
  assert.equal(nextTool("End", 0, 5), 4);
  assert.equal(nextTool("a", 2, 5), null);
});
