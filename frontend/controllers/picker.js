/* A searchable select (tom-select), local or asking the server, with or without new entries. */
import TomSelect from "tom-select/base";
import removeButton from "tom-select/dist/esm/plugins/remove_button/plugin.js";

TomSelect.define("remove_button", removeButton);

/** Mount on a <select>; without script the plain select stays in use. */
export function mount(select) {
  const remote = select.dataset.pickerUrlValue;
  const picker = new TomSelect(select, {
    plugins: select.multiple ? { remove_button: { title: "Bỏ chọn" } } : {},
    create: select.dataset.pickerCreateValue === "true",
    createOnBlur: select.dataset.pickerCreateValue === "true",
    diacritics: true,
    maxOptions: 200,
    searchField: ["text", "sub"],
    loadThrottle: 200,
    ...(remote ? { load: (words, done) => load(remote, words, done) } : {}),
    onDropdownOpen: (list) => requestAnimationFrame(() => list.scrollIntoView({ block: "nearest" })),
    render: { option, item, no_results: noResults, option_create: createOption, loading },
  });
  forgetLateSearch(picker);
  select.setAttribute("aria-hidden", "true");
  copyDescription(select, picker.control_input);
  return { dispose: () => picker.destroy() };
}

/** A search still waiting when an option was taken or the box was left would open the list again. */
function forgetLateSearch(picker) {
  const forget = () => {
    window.clearTimeout(picker.refreshTimeout);
    picker.refreshTimeout = null;
  };
  for (const left of ["item_add", "blur", "dropdown_close"]) picker.on(left, forget);
}

/** Hint, reading and error of the select belong to the box that is typed into. */
function copyDescription(select, input) {
  for (const name of ["aria-describedby", "aria-invalid", "aria-required"]) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  }
}

async function load(url, words, done) {
  try {
    const address = new URL(url, window.location.href);
    address.searchParams.set("q", words);
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    done(answer.ok ? await answer.json() : []);
  } catch {
    done([]);
  }
}

function line(className, text, sub) {
  const element = document.createElement("div");
  element.className = className;
  element.textContent = text;
  if (sub) {
    const small = document.createElement("small");
    small.textContent = sub;
    element.append(small);
  }
  return element;
}

function option(data) {
  return line("option", data.text, data.sub);
}

function item(data) {
  return line("item", data.text);
}

function noResults() {
  return line("no-results", "Không tìm thấy");
}

function loading() {
  return line("spinner", "");
}

function createOption(data) {
  return line("create", `Thêm “${data.input}”`);
}
