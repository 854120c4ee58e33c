// A file dropped on its field, and files that go past the function to the object store.
import htmx from "htmx.org";

export function enliven(root) {
  for (const area of root.querySelectorAll("[data-drop]")) drop(area);
  for (const form of root.querySelectorAll("form[data-upload]")) upload(form);
}

function drop(area) {
  const input = area.querySelector("input[type=file]");
  const over = (on) => (event) => {
    event.preventDefault();
    area.dataset.over = String(on);
  };
  const chosen = area.querySelector("[data-file]");
  const say = () => {
    if (!chosen) return;
    chosen.textContent = input.files[0]?.name ?? "";
    chosen.hidden = !input.files.length;
  };
  input.addEventListener("change", say);
  say();
  area.addEventListener("dragover", over(true));
  area.addEventListener("dragleave", over(false));
  area.addEventListener("drop", (event) => {
    over(false)(event);
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
}

// The server is told of the file's name and size. It answers with the form again, or with where the file is to go.
function upload(form) {
  const input = form.querySelector("input[type=file]");
  form.addEventListener("submit", async (event) => {
    const file = input.files[0];
    // A form without a file goes its way: the server says what is missing.
    if (!file || event.defaultPrevented) return;
    event.preventDefault();
    const fields = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
    fields.set("fileName", file.name);
    fields.set("length", file.size);
    const answer = await fetch(form.dataset.upload, { method: "POST", body: fields }).catch(() => undefined);
    const page = answer && (await answer.text());
    // An ended session, or an error that the form cannot mend: the page itself says it.
    if (!page?.includes('id="upload"')) return location.reload();
    await htmx.swap(form.closest("#upload"), page, { swapStyle: "outerHTML" }, { select: "#upload" });
    const next = document.getElementById("upload");
    if (next.dataset.put) return put(next, file);
    const again = next.querySelector("input[type=file]");
    again.files = input.files;
    again.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function put(area, file) {
  const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });
  const [bar, share, failed] = ["progress", "[data-share]", "[data-failed]"].map((query) => area.querySelector(query));
  const request = new XMLHttpRequest();
  request.open("PUT", area.dataset.put);
  for (const { name, value } of JSON.parse(area.dataset.headers)) {
    // These two a browser writes by itself.
    if (!["host", "content-length"].includes(name)) request.setRequestHeader(name, value);
  }
  const fail = () => (failed.hidden = false);
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.value = (100 * loaded) / total;
    share.textContent = percent.format(loaded / total);
  });
  request.addEventListener("load", () => (request.status < 300 ? area.querySelector("form").requestSubmit() : fail()));
  request.addEventListener("error", fail);
  area.querySelector("[data-again]").onclick = () => {
    failed.hidden = true;
    put(area, file);
  };
  request.send(file);
}
