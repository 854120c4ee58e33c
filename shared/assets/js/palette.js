// Ctrl-K: go anywhere by typing. The pages stand in the navigation, people and companies are asked for.
import { Listbox, asker } from "./listbox.js";

const fold = (text) => text.toLocaleLowerCase("tr").normalize("NFD").replace(/\p{M}/gu, "").replace(/ı/g, "i");

export function enliven(root) {
  const dialog = root.getElementById("palette");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  const none = dialog.querySelector(".palette-none");
  const box = new Listbox(input, list, (option) => location.assign(option.dataset.href));
  const pages = [...root.querySelectorAll(".side a, [data-way]")].map((link) => ({ href: link.href, text: link.textContent.trim(), icon: link.querySelector("svg") }));

  const row = ({ href, text, icon }) => {
    const option = document.createElement("div");
    option.setAttribute("role", "option");
    option.dataset.href = href;
    if (icon) option.append(icon.cloneNode(true));
    option.append(Object.assign(document.createElement("span"), { textContent: text }));
    return option;
  };
  const showPages = () => {
    const words = fold(input.value).split(/\s+/).filter(Boolean);
    const found = pages.filter(({ text }) => words.every((word) => fold(text).includes(word)));
    list.replaceChildren(...found.map(row));
    box.mark(0);
  };
  const ask = asker(180, async (signal, text) => {
    if (!text) return;
    const answer = await fetch(`${dialog.dataset.search}?q=${encodeURIComponent(text)}`, { signal, headers: { "HX-Request": "true" } });
    if (answer.ok && !answer.redirected) list.insertAdjacentHTML("beforeend", await answer.text());
    if (box.at < 0) box.mark(0);
    none.hidden = box.options.length > 0;
  });
  const open = () => {
    input.value = "";
    none.hidden = true;
    showPages();
    dialog.showModal();
    input.focus();
  };

  input.addEventListener("input", () => {
    showPages();
    const text = input.value.trim();
    const asks = Boolean(dialog.dataset.search) && text.length >= 2;
    // Only what the server has looked for as well is not there.
    none.hidden = asks || box.options.length > 0;
    ask(asks && text);
  });
  for (const button of root.querySelectorAll("[data-palette]")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      open();
    });
  }
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      dialog.open ? dialog.close() : open();
    } else if (event.key === "/" && !event.target.closest("input, textarea, select, [contenteditable]")) {
      const search = document.querySelector("[data-search]");
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    }
  });
}
