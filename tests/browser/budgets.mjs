// Paint times, layout shifts, interactivity and transfer of the pages with a budget, in Chromium with a slow processor
// and a slow line. Prints one line of JSON for each look; scripts/measure makes the table.
import { base, context, get, launch } from "./browser.mjs";

const looks = 5;
const line = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 };

const pages = [
  { page: "sign-in", path: "/login" },
  { page: "list of companies", path: "/panel/companies", as: "admin" },
  { page: "a company", path: `/panel/companies/${(await get("admin", "/api/v1/companies?limit=1"))[0].id}`, as: "admin" },
];

// In the page, before anything else: what the browser itself notes.
function observe() {
  const seen = { lcp: 0, cls: 0, busy: 0 };
  window.seen = seen;
  const watch = (type, note) => new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  watch("largest-contentful-paint", (entry) => (seen.lcp = entry.startTime));
  watch("layout-shift", (entry) => entry.hadRecentInput || (seen.cls += entry.value));
  watch("longtask", (entry) => (seen.busy = entry.startTime + entry.duration));
}

const browser = await launch();
for (const { page: name, path, as } of pages) {
  for (let look = 0; look < looks; look += 1) {
    // A context of its own has an empty cache.
    const fresh = await context(browser, { size: "phone", as });
    const page = await fresh.newPage();
    const devtools = await fresh.newCDPSession(page);
    await devtools.send("Network.enable");
    await devtools.send("Network.emulateNetworkConditions", line);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    const kinds = new Map();
    let [transfer, scripts] = [0, 0];
    devtools.on("Network.responseReceived", ({ requestId, type }) => kinds.set(requestId, type));
    devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      if (kinds.get(requestId) === "Font") return;
      transfer += encodedDataLength;
      if (kinds.get(requestId) === "Script") scripts += encodedDataLength;
    });
    await page.addInitScript(observe);
    await page.goto(base + path, { waitUntil: "networkidle" });
    // Whatever still wants to do something has done it by then.
    await page.waitForTimeout(1000);
    const { lcp, cls, busy, fcp, parsed } = await page.evaluate(() => ({
      ...window.seen,
      fcp: performance.getEntriesByName("first-contentful-paint")[0].startTime,
      parsed: performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd,
    }));
    const tti = Math.max(fcp, parsed, busy);
    console.log(JSON.stringify({ page: name, fcp: fcp / 1e3, lcp: lcp / 1e3, cls, tti: tti / 1e3, transfer: transfer / 1e3, scripts: scripts / 1e3 }));
    await fresh.close();
  }
}
await browser.close();
