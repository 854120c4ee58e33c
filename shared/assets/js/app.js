// Everything here is a convenience: each page does its work without it.
import htmx from "htmx.org";

import * as checks from "./checks.js";
import * as combo from "./combo.js";
import * as files from "./files.js";
import * as forms from "./forms.js";
import * as palette from "./palette.js";
import * as tables from "./tables.js";
import * as windows from "./windows.js";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
// Pages hold personal data: none of them is kept in the browser's storage.
htmx.config.historyCacheSize = 0;
htmx.config.refreshOnHistoryMiss = true;
htmx.config.scrollBehavior = "auto";

document.documentElement.dataset.script = "";

const parts = [checks, combo, files, forms, tables, windows];
const enliven = (root) => parts.forEach((part) => part.enliven(root));

enliven(document);
palette.enliven(document);
htmx.onLoad((root) => root !== document.body && enliven(root));

// An address says only what was chosen.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get") return;
  for (const [name, value] of [...detail.formData.entries()]) {
    if (value === "") detail.formData.delete(name);
  }
});

// A part of a page that cannot be had is shown as the page that says why.
document.addEventListener("htmx:responseError", ({ detail }) => {
  location.assign(detail.pathInfo.finalRequestPath ?? detail.pathInfo.requestPath);
});

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/worker.js").catch(() => {});
  // The page for those without a network speaks and looks as this one does.
  const { lang, dataset } = document.documentElement;
  navigator.serviceWorker.ready.then(({ active }) => active.postMessage(`<html lang="${lang}" data-theme="${dataset.theme}">`));
}
