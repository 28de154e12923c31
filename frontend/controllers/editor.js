/**
 * The browser's editor for a letter of about a page (Tiptap): paragraphs, bold, italic, underline,
 * lists, alignment, tables, undo. Only what the server keeps can be made.
 *
 * Mounted on an element that holds a toolbar (hidden until now) and a text area. The text area
 * keeps the HTML and is what the form sends; without script it is typed into directly.
 */
import { Editor, Extension } from "@tiptap/core";
import Bold from "@tiptap/extension-bold";
import Document from "@tiptap/extension-document";
import HardBreak from "@tiptap/extension-hard-break";
import Italic from "@tiptap/extension-italic";
import { BulletList, ListItem, OrderedList } from "@tiptap/extension-list";
import Paragraph from "@tiptap/extension-paragraph";
import { Table, TableCell, TableHeader, TableRow } from "@tiptap/extension-table";
import Text from "@tiptap/extension-text";
import Underline from "@tiptap/extension-underline";
import { UndoRedo } from "@tiptap/extensions";
import { isMarkup, nextTool, paragraphs } from "../lib/body-text.js";

const WAYS = ["left", "center", "right", "justify"];

/** Alignment as a class: the page allows no style attributes, and the server keeps none. */
const Alignment = Extension.create({
  name: "alignment",
  addGlobalAttributes() {
    const align = {
      default: null,
      parseHTML: (element) => WAYS.find((way) => element.classList.contains(`align-${way}`)) ?? null,
      renderHTML: ({ align: way }) => (way ? { class: `align-${way}` } : {}),
    };
    return [{ types: ["paragraph"], attributes: { align } }];
  },
});

/** Without widths, which would be style attributes; Tab leaves the editor instead of adding rows. */
const PlainTable = Table.extend({
  renderHTML() {
    return ["table", ["tbody", 0]];
  },
  addKeyboardShortcuts() {
    const { Tab, "Shift-Tab": back, ...others } = this.parent?.() ?? {};
    return others;
  },
});

/** Tab leaves the editor; Ctrl+] and Ctrl+[ move an item in and out. */
const Item = ListItem.extend({
  addKeyboardShortcuts() {
    return {
      Enter: () => this.editor.commands.splitListItem(this.name),
      "Mod-]": () => this.editor.commands.sinkListItem(this.name),
      "Mod-[": () => this.editor.commands.liftListItem(this.name),
    };
  },
});

const ACTS = {
  bold: (chain) => chain.toggleBold(),
  italic: (chain) => chain.toggleItalic(),
  underline: (chain) => chain.toggleUnderline(),
  bullets: (chain) => chain.toggleBulletList(),
  numbers: (chain) => chain.toggleOrderedList(),
  indent: (chain) => chain.sinkListItem("listItem"),
  outdent: (chain) => chain.liftListItem("listItem"),
  table: (chain) => chain.insertTable({ rows: 3, cols: 3, withHeaderRow: true }),
  "row-add": (chain) => chain.addRowAfter(),
  "row-remove": (chain) => chain.deleteRow(),
  "column-add": (chain) => chain.addColumnAfter(),
  "column-remove": (chain) => chain.deleteColumn(),
  "table-remove": (chain) => chain.deleteTable(),
  undo: (chain) => chain.undo(),
  redo: (chain) => chain.redo(),
};
for (const way of WAYS) {
  ACTS[`align-${way}`] = (chain) => chain.updateAttributes("paragraph", { align: way });
}

const ACTIVE = {
  bold: (editor) => editor.isActive("bold"),
  italic: (editor) => editor.isActive("italic"),
  underline: (editor) => editor.isActive("underline"),
  bullets: (editor) => editor.isActive("bulletList"),
  numbers: (editor) => editor.isActive("orderedList"),
};
for (const way of WAYS) {
  const usual = way === "justify" ? null : way;
  ACTIVE[`align-${way}`] = (editor) =>
    editor.isActive("paragraph", { align: way }) || (usual === null && editor.isActive("paragraph", { align: null }));
}

/** Mount on the element with `data-controller="editor"`. */
export function mount(element) {
  const area = element.querySelector("textarea");
  const bar = element.querySelector("[role=toolbar]");
  const page = document.createElement("div");
  page.className = "cv-editor-page";
  area.after(page);
  const editor = new Editor({
    element: page,
    injectCSS: false,
    content: isMarkup(area.value) ? area.value : paragraphs(area.value),
    extensions: [
      ...[Document, Paragraph, Text, HardBreak, Bold, Italic, Underline, BulletList, OrderedList],
      ...[Item, PlainTable, TableRow, TableHeader, TableCell, UndoRedo, Alignment],
    ],
    editorProps: { attributes: attributes(element, area) },
    onUpdate: () => keep(editor, area),
    onTransaction: () => show(editor, bar),
  });
  area.hidden = true;
  area.required = false; // a hidden field could not say what is missing: the server does
  bar.hidden = false;
  const stop = listen(editor, bar, page);
  show(editor, bar);
  return {
    dispose() {
      stop();
      editor.destroy();
      page.remove();
      area.hidden = false;
      bar.hidden = true;
    },
  };
}

/** The editor stands in for the text area: the same label, hint and error. */
function attributes(element, area) {
  const label = element.ownerDocument.querySelector(`label[for="${area.id}"]`);
  const found = { role: "textbox", "aria-multiline": "true", lang: "vi", spellcheck: "false" };
  if (label) {
    label.id ||= `${area.id}-label`;
    found["aria-labelledby"] = label.id;
  }
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (area.hasAttribute(name)) found[name] = area.getAttribute(name);
  }
  return found;
}

function keep(editor, area) {
  area.value = editor.isEmpty ? "" : editor.getHTML();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Pressed and usable tools; those of tables show only in a table. */
function show(editor, bar) {
  for (const group of bar.querySelectorAll("[data-editor-in-table]")) {
    group.hidden = !editor.isActive("table");
  }
  for (const tool of tools(bar)) {
    const act = tool.dataset.editorAct;
    if (ACTIVE[act]) tool.setAttribute("aria-pressed", String(ACTIVE[act](editor)));
  }
}

function tools(bar) {
  return [...bar.querySelectorAll("[data-editor-act]")];
}

function listen(editor, bar, page) {
  const aborter = new AbortController();
  const { signal } = aborter;
  bar.addEventListener("click", (event) => act(editor, event), { signal });
  bar.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
  bar.addEventListener("keydown", (event) => move(bar, event), { signal });
  page.addEventListener("keydown", (event) => leave(bar, event), { signal });
  const label = document.getElementById(editor.view.dom.getAttribute("aria-labelledby"));
  label?.addEventListener("click", () => editor.commands.focus(), { signal });
  return () => aborter.abort();
}

function act(editor, event) {
  const tool = event.target.closest("[data-editor-act]");
  if (tool) ACTS[tool.dataset.editorAct](editor.chain().focus()).run();
}

/** One stop of the Tab key for the whole bar; arrows go from tool to tool. */
function move(bar, event) {
  const shown = tools(bar).filter((tool) => !tool.closest("[hidden]"));
  const next = nextTool(event.key, shown.indexOf(document.activeElement), shown.length);
  if (next === null) return;
  event.preventDefault();
  for (const tool of tools(bar)) tool.tabIndex = tool === shown[next] ? 0 : -1;
  shown[next].focus();
}

/** Alt+F10 goes from the text to its tools. */
function leave(bar, event) {
  if (!event.altKey || event.key !== "F10") return;
  event.preventDefault();
  tools(bar).find((tool) => tool.tabIndex === 0)?.focus();
}
