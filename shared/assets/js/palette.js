// Ctrl-K: go anywhere by typing. The pages stand in the navigation, people and companies are asked for.
import { Listbox, asker } from "./listbox.js";

const fold = (text) => text.toLocaleLowerCase("tr").normalize("NFD").replace(/\p{M}/gu, "").replace(/ı/g, "i");

export function enliven(root) {
  const dialog = root.getElementById("palette");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  const box = new Listbox(input, list, (option) => location.assign(option.dataset.href));
  const pages = [...root.querySelectorAll(".side a")].map((link) => ({ href: link.href, text: link.textContent.trim(), icon: link.querySelector("svg") }));

  const row = ({ href, text, icon }) => {
    const option = document.createElement("div");
    option.setAttribute("role", "option");
    option.dataset.href = href;
    if (icon) option.append(icon.cloneNode(true));
    option.append(text);
    return option;
  };
  const showPages = () => {
    const words = fold(input.value).split(/\s+/).filter(Boolean);
    const found = pages.filter(({ text }) => words.every((word) => fold(text).includes(word)));
    list.replaceChildren(...found.map(row));
    box.mark(0);
  };
  const ask = asker(180, async (signal, text) => {
    const answer = await fetch(`${dialog.dataset.search}?q=${encodeURIComponent(text)}`, { signal, headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) return;
    list.insertAdjacentHTML("beforeend", await answer.text());
    if (box.at < 0) box.mark(0);
  });
  const open = () => {
    input.value = "";
    showPages();
    dialog.showModal();
    input.focus();
  };

  input.addEventListener("input", () => {
    showPages();
    if (dialog.dataset.search && input.value.trim().length >= 2) ask(input.value.trim());
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
