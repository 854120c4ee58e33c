// Forms: sent once, not lost by accident, and the first mistake is where the reader is.

const unsaved = new Set();

export function enliven(root) {
  for (const form of root.querySelectorAll("form[data-form]")) guard(form);
  const summary = root.querySelector("[data-summary]");
  if (summary) summary.focus();
  for (const input of root.querySelectorAll("[data-submit]")) {
    input.addEventListener("change", () => input.form.requestSubmit());
  }
  for (const button of root.querySelectorAll("[data-reveal]")) reveal(button);
  // The list beside such a form may have been replaced since: what the address says now is what is shown.
  for (const form of root.querySelectorAll("form[data-here]")) {
    form.addEventListener("submit", () => (form.action = form.action.split("?")[0] + location.search));
  }
}

function guard(form) {
  // The page says what is wrong itself: in its language, at the field, all of it at once.
  form.noValidate = true;
  const start = state(form);
  // What came back with mistakes has not been saved either.
  if (form.dataset.form === "unsaved") unsaved.add(form);
  // `data-form="once"`: sent once, and nobody is held back from leaving it.
  if (form.dataset.form !== "once") {
    form.addEventListener("input", () => (state(form) === start && form.dataset.form !== "unsaved" ? unsaved.delete(form) : unsaved.add(form)));
  }
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "true";
    unsaved.delete(form);
    event.submitter?.setAttribute("aria-busy", "true");
  });
}

const state = (form) => {
  const data = new FormData(form);
  return JSON.stringify([...data].map(([name, value]) => [name, value instanceof File ? value.name : value]));
};

addEventListener("beforeunload", (event) => {
  if ([...unsaved].some((form) => form.isConnected)) event.preventDefault();
});

// A page from the back-forward cache may be sent again.
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  }
});

function reveal(button) {
  const input = document.getElementById(button.dataset.reveal);
  if (!input) return;
  button.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
    input.focus();
  });
}
