// What a combobox and the command palette share: a list that the arrows walk through while the
// reader goes on typing.

export class Listbox {
  constructor(input, list, choose) {
    Object.assign(this, { input, list, choose, at: -1 });
    input.addEventListener("keydown", (event) => this.key(event));
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest('[role="option"]');
      if (option) this.choose(option);
    });
  }

  get options() {
    return [...this.list.querySelectorAll('[role="option"]')];
  }

  mark(index) {
    const options = this.options;
    this.at = options.length ? (index + options.length) % options.length : -1;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === this.at)));
    const marked = options[this.at];
    if (marked) {
      marked.id ||= `${this.list.id}-${this.at}`;
      this.input.setAttribute("aria-activedescendant", marked.id);
      marked.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.list.hidden ? this.open?.() : this.mark(this.at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !this.list.hidden && this.options[this.at]) {
      event.preventDefault();
      this.choose(this.options[this.at]);
    }
  }
}

// The newest answer counts; an older one that comes late is dropped.
export function asker(delay, ask) {
  let timer, running;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      running?.abort();
      running = new AbortController();
      try {
        await ask(running.signal, ...args);
      } catch (error) {
        if (error.name !== "AbortError") console.warn(error);
      }
    }, delay);
  };
}
