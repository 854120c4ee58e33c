// What opens and closes: dialogs, menus, the toast.

export function enliven(root) {
  for (const button of root.querySelectorAll("[data-dialog]")) {
    const dialog = document.getElementById(button.dataset.dialog);
    if (!dialog) continue;
    // Where the link leads is what the dialog does in place.
    button.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      dialog.showModal();
    });
  }
  for (const button of root.querySelectorAll("dialog [data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
  for (const dialog of root.querySelectorAll("dialog")) {
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  }
  for (const toast of root.querySelectorAll(".toast[role]")) {
    const close = () => toast.remove();
    toast.querySelector("button")?.addEventListener("click", close);
    // Whoever reads it, by eye or by pointer, keeps it.
    let timer = setTimeout(close, 8000);
    for (const kind of ["pointerenter", "focusin"]) toast.addEventListener(kind, () => clearTimeout(timer));
    toast.addEventListener("pointerleave", () => (timer = setTimeout(close, 3000)));
  }
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
