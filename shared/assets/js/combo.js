// A combobox: a text field that offers what fits. Without this script the field takes a code, and a
// select is a select.
//
// `data-combo="/address"` asks the server, which answers with `<div role="option" data-value data-text>`.
import { Listbox, asker } from "./listbox.js";

export function enliven(root) {
  for (const field of root.querySelectorAll("[data-combo]")) combobox(field);
}

function combobox(field) {
  const [input, value, list] = ["input.input", "input[type=hidden]", "[role=listbox]"].map((query) => field.querySelector(query));
  if (!input || !value || !list || field.dataset.alive) return;
  field.dataset.alive = "true";
  // From here on the code travels in the hidden field, and the text is for the reader.
  value.disabled = input.disabled;
  input.removeAttribute("name");
  input.value = input.dataset.shows ?? input.value;
  for (const [name, text] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": list.id })) input.setAttribute(name, text);
  const show = (open) => {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) box.mark(-1 - box.options.length);
  };
  const box = new Listbox(input, list, (option) => {
    value.value = option.dataset.value;
    input.value = option.dataset.text ?? option.textContent.trim();
    show(false);
    value.dispatchEvent(new Event("input", { bubbles: true }));
    value.dispatchEvent(new Event("change", { bubbles: true }));
  });
  const ask = asker(200, async (signal, text) => {
    // `{name}` in the address is the value of another field of the form.
    const source = field.dataset.combo.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(input.form?.elements[name]?.value ?? ""));
    const address = new URL(source, location.href);
    address.searchParams.set("q", text);
    const answer = await fetch(address, { signal, headers: { "HX-Request": "true" } });
    if (!answer.ok || !answer.headers.get("content-type")?.startsWith("text/html")) return;
    list.innerHTML = await answer.text();
    show(document.activeElement === input);
    box.mark(0);
  });
  box.open = () => ask(input.value);
  input.addEventListener("input", () => {
    value.value = input.value.trim() === "" ? "" : value.value;
    ask(input.value);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      show(false);
    }
  });
  // What was typed and not chosen is sent as it is: the server knows codes as well.
  input.addEventListener("blur", () => {
    show(false);
    if (input.value.trim() !== "" && input.value !== input.dataset.text) {
      const same = box.options.find((option) => option.dataset.text === input.value);
      value.value = same ? same.dataset.value : input.value.trim();
    }
    input.dataset.text = input.value;
  });
  input.dataset.text = input.value;
}
