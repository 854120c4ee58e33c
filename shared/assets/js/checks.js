// Numbers with a check digit, telephones, amounts and dates, looked at while they are typed. The
// server decides; this only says it sooner. The words come from the page.

const digits = (text) => text.replace(/\D/g, "");

export function tckn(text) {
  if (!/^[1-9]\d{10}$/.test(text)) return false;
  const d = [...text].map(Number);
  const odd = d[0] + d[2] + d[4] + d[6] + d[8];
  const even = d[1] + d[3] + d[5] + d[7];
  const tenth = (((7 * odd - even) % 10) + 10) % 10;
  const last = d.slice(0, 10).reduce((a, b) => a + b, 0) % 10;
  return d[9] === tenth && d[10] === last;
}

export function vkn(text) {
  if (!/^\d{10}$/.test(text)) return false;
  const d = [...text].map(Number);
  const sum = d.slice(0, 9).reduce((total, digit, index) => {
    const t = (digit + 9 - index) % 10;
    return total + (t === 9 ? 9 : (t * 2 ** (9 - index)) % 9);
  }, 0);
  return d[9] === (10 - (sum % 10)) % 10;
}

const kinds = {
  tckn: { read: digits, full: (text) => text.length >= 11, right: tckn, left: (text) => 11 - text.length },
  tax: {
    read: digits,
    full: (text) => text.length >= 10,
    right: (text) => (text.length === 10 ? vkn(text) : tckn(text)),
    left: (text) => 10 - text.length,
  },
  phone: {
    read: (text) => digits(text).replace(/^(0090|90(?=\d{10})|0)/, ""),
    full: (text) => text.length >= 10 || /^444\d{4}$/.test(text),
    right: (text) => /^([2-5]\d{9}|444\d{4})$/.test(text),
    left: (text) => 10 - text.length,
    tidy: (text) => (text.length === 10 ? `0(${text.slice(0, 3)}) ${text.slice(3, 6)} ${text.slice(6, 8)} ${text.slice(8)}` : null),
  },
};

export function enliven(root) {
  for (const input of root.querySelectorAll("[data-check]")) check(input, kinds[input.dataset.check]);
  for (const input of root.querySelectorAll("[data-amount]")) amount(input);
  for (const input of root.querySelectorAll("[data-date]")) date(input);
}

function check(input, kind) {
  const note = document.getElementById(`${input.id}-note`);
  if (!kind || !note) return;
  const say = (state, text) => {
    note.dataset.state = state;
    if (note.textContent !== text) note.textContent = text;
  };
  input.addEventListener("input", () => {
    const value = kind.read(input.value);
    if (input.value.includes("*") || value === "") return say("", "");
    if (!kind.full(value)) return say("open", note.dataset.open.replace("{n}", kind.left(value)));
    const right = kind.right(value);
    say(right ? "right" : "wrong", right ? `✓ ${note.dataset.right}` : note.dataset.wrong);
  });
  if (kind.tidy) {
    input.addEventListener("change", () => {
      const tidy = kind.right(kind.read(input.value)) && !input.value.trim().startsWith("+") && kind.tidy(kind.read(input.value));
      if (tidy) input.value = tidy;
    });
  }
}

// 1199,9 becomes 1.199,90 when the field is left.
function amount(input) {
  input.addEventListener("change", () => {
    const text = input.value.replace(/[\s₺]/g, "");
    const grouped = /^-?\d{1,3}(\.\d{3})+(,\d{1,2})?$/.test(text);
    const plain = grouped || text.includes(",") ? text.replace(/\./g, "").replace(",", ".") : text;
    if (!/^-?\d{1,13}(\.\d{1,2})?$/.test(plain)) return;
    const [whole, cents = ""] = plain.split(".");
    input.value = `${whole.replace(/\B(?=(\d{3})+$)/g, ".")},${cents.padEnd(2, "0")}`;
  });
}

// 31122026 and 31/12/2026 become 31.12.2026; the button opens the browser's own calendar.
function date(input) {
  input.addEventListener("change", () => {
    const found = input.value.trim().match(/^(\d{1,2})[./\- ]?(\d{1,2})[./\- ]?(\d{4})$/);
    if (found) input.value = `${found[1].padStart(2, "0")}.${found[2].padStart(2, "0")}.${found[3]}`;
  });
  const button = document.getElementById(`${input.id}-calendar`);
  const native = button?.nextElementSibling;
  if (!native) return;
  button.addEventListener("click", () => {
    const [day, month, year] = input.value.split(".");
    native.value = year ? `${year}-${month}-${day}` : "";
    native.showPicker();
  });
  native.addEventListener("change", () => {
    input.value = native.value.split("-").reverse().join(".");
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  });
}
