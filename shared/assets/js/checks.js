// Numbers with a check digit, telephones, amounts, dates and addresses, looked at while they are typed or when
// the field is left. The server decides; this only says it sooner. The words come from the page.

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

const day = /^(\d{1,2})[./\- ]?(\d{1,2})[./\- ]?(\d{4})$/;

// Whether the calendar has this day: 31.02.1990 would become a day of March.
export function isDay(text) {
  const iso = /^\d{4}-\d\d-\d\d$/.test(text) ? text.split("-").reverse() : text.match(day)?.slice(1);
  if (!iso) return false;
  const [date, month, year] = iso.map(Number);
  const made = new Date(Date.UTC(year, month - 1, date));
  return made.getUTCDate() === date && made.getUTCMonth() === month - 1;
}

// `left`: said when the field is left, because nothing is wrong with half of it.
const kinds = {
  date: { read: (text) => text.trim(), right: isDay, left: true, open: (text) => !day.test(text) },
  email: { read: (text) => text.trim(), right: (text) => /^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(text), left: true },
  tckn: { read: digits, full: (text) => text.length >= 11, right: tckn, missing: (text) => 11 - text.length },
  tax: {
    read: digits,
    full: (text) => text.length >= 10,
    right: (text) => (text.length === 10 ? vkn(text) : tckn(text)),
    missing: (text) => 10 - text.length,
  },
  phone: {
    read: (text) => digits(text).replace(/^(0090|90(?=\d{10})|0)/, ""),
    full: (text) => text.length >= 10 || /^444\d{4}$/.test(text),
    right: (text) => /^([2-5]\d{9}|444\d{4})$/.test(text),
    missing: (text) => 10 - text.length,
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
  if (kind.left) {
    const look = () => {
      const value = kind.read(input.value);
      const wrong = value !== "" && !kind.right(value);
      say(wrong ? "wrong" : "", wrong ? (kind.open?.(value) ? note.dataset.open : note.dataset.wrong) : "");
      wrong ? input.setAttribute("aria-invalid", "true") : input.removeAttribute("aria-invalid");
    };
    input.addEventListener("change", look);
    // What has been said goes as soon as it is mended.
    return input.addEventListener("input", () => note.dataset.state && look());
  }
  input.addEventListener("input", () => {
    const value = kind.read(input.value);
    if (input.value.includes("*") || value === "") return say("", "");
    if (!kind.full(value)) return say("open", note.dataset.open.replace("{n}", kind.missing(value)));
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
    const found = input.value.trim().match(day);
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
    for (const kind of ["input", "change"]) input.dispatchEvent(new Event(kind, { bubbles: true }));
    input.focus();
  });
}
