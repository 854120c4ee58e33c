// A combobox: a text field that offers what fits. Without this script the text is sent, and the server looks it up.
//
// `data-combo="/address"` asks the server, which answers with `<div role="option" data-value data-text>`.
import { Listbox, asker } from "./listbox.js";

export function enliven(root) {
  for (const field of root.querySelectorAll("[data-combo]")) combobox(field);
}

function combobox(field) {
  const [input, list, choices] = ["input.input", "[role=listbox]", ".choices"].map((query) => field.querySelector(query));
  const [value, shows] = field.querySelectorAll("input[type=hidden]");
  if (!input || !shows || !list || field.dataset.alive) return;
  field.dataset.alive = "true";
  // The address of a list says what was chosen and nothing else.
  const isFilter = input.form?.method === "get";
  if (isFilter) for (const one of [input, shows]) one.removeAttribute("name");
  for (const [name, text] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": list.id })) input.setAttribute(name, text);
  const show = (open) => {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) box.mark(-1 - box.options.length);
  };
  const take = (option) => {
    choices?.remove();
    value.disabled = input.disabled;
    value.value = option.dataset.value;
    input.value = shows.value = option.dataset.text ?? option.textContent.trim();
    show(false);
    value.dispatchEvent(new Event("input", { bubbles: true }));
    value.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const box = new Listbox(input, list, take);
  const look = async (signal, text) => {
    // `{name}` in the address is the value of another field of the form.
    const source = field.dataset.combo.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(input.form?.elements[name]?.value ?? ""));
    const address = new URL(source, location.href);
    address.searchParams.set("q", text);
    const answer = await fetch(address, { signal, headers: { "HX-Request": "true" } });
    if (!answer.ok || !answer.headers.get("content-type")?.startsWith("text/html")) return;
    list.innerHTML = await answer.text();
    list.dataset.for = text;
    show(document.activeElement === input);
    box.mark(0);
  };
  const ask = asker(200, look);
  box.open = () => ask(input.value);
  input.addEventListener("input", () => {
    if (input.value.trim() === "") value.value = shows.value = "";
    ask(input.value);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      show(false);
    }
  });
  // What was typed and not chosen is taken when only one fits. A form sends the rest as it is, for the server to ask
  // back; a filter shows again what the list is narrowed to.
  input.addEventListener("blur", async () => {
    show(false);
    const text = input.value;
    if (text.trim() === shows.value) return;
    if (list.dataset.for !== text) await look(undefined, text).catch(console.warn);
    if (document.activeElement === input || input.value !== text) return;
    const same = box.options.filter((option) => option.dataset.text === text.trim());
    const fits = same.length ? same : box.options;
    if (fits.length === 1) take(fits[0]);
    else if (isFilter) input.value = shows.value;
  });
}
