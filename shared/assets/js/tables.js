// Tables: choose rows, choose columns.

export function enliven(root) {
  const tables = [...root.querySelectorAll("table[data-pick]")];
  if (root.matches?.("table[data-pick]")) tables.push(root);
  tables.forEach(selection);
  root.querySelectorAll("[data-columns]").forEach(columns);
}

function selection(table) {
  const all = table.querySelector(".check-all");
  const bar = document.getElementById(table.dataset.pick);
  const rows = () => [...table.querySelectorAll(".row-check")];
  const update = () => {
    const chosen = rows().filter((box) => box.checked).length;
    if (all) {
      all.checked = chosen > 0 && chosen === rows().length;
      all.indeterminate = chosen > 0 && !all.checked;
    }
    if (bar) {
      bar.hidden = chosen === 0;
      const count = bar.querySelector("[data-count]");
      if (count) count.textContent = count.dataset.count.replace("{n}", chosen);
    }
  };
  all?.addEventListener("change", () => {
    rows().forEach((box) => (box.checked = all.checked));
    update();
  });
  let last;
  table.addEventListener("click", (event) => {
    if (!event.target.matches(".row-check")) return;
    const list = rows();
    if (event.shiftKey && last) {
      const [from, to] = [list.indexOf(last), list.indexOf(event.target)].sort((a, b) => a - b);
      list.slice(from, to + 1).forEach((box) => (box.checked = event.target.checked));
    }
    last = event.target;
    update();
  });
  update();
}

// Which columns are shown is a matter of this browser, not of the account.
function columns(menu) {
  const key = `columns:${menu.dataset.columns}`;
  const apply = (hidden) => {
    document.querySelectorAll(`[data-table="${menu.dataset.columns}"] [data-col]`).forEach((cell) => {
      cell.hidden = hidden.includes(cell.dataset.col);
    });
    menu.querySelectorAll("input").forEach((box) => (box.checked = !hidden.includes(box.value)));
  };
  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(key) ?? "[]");
    } catch {
      return [];
    }
  };
  menu.addEventListener("change", () => {
    const hidden = [...menu.querySelectorAll("input")].filter((box) => !box.checked).map((box) => box.value);
    try {
      localStorage.setItem(key, JSON.stringify(hidden));
    } catch {
      // A browser that keeps nothing still shows what was chosen.
    }
    apply(hidden);
  });
  apply(read());
  document.addEventListener("htmx:afterSettle", () => apply(read()));
}
