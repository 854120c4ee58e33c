// Without a network a page that says so is shown. Nothing else is kept: pages hold personal data.
const CACHE = "offline-1";
const PAGE = "/offline";

// Keeps the page in the language and the look that the reader has now, and what it is drawn with.
async function keep() {
  const answer = await fetch(PAGE, { cache: "reload" });
  const html = await answer.clone().text();
  const cache = await caches.open(CACHE);
  const files = Array.from(html.matchAll(/"(\/assets\/[^"#]+\.(?:css|svg))["#]/g), (found) => found[1]);
  await cache.addAll([...new Set(files)]);
  await cache.put(PAGE, answer);
}

addEventListener("install", (event) => event.waitUntil(keep()));

addEventListener("activate", (event) => event.waitUntil(clients.claim()));

// Each page says how it looks and speaks; what is kept follows.
addEventListener("message", (event) => {
  event.waitUntil(
    (async () => {
      const kept = await (await caches.match(PAGE))?.text();
      if (!kept?.includes(event.data)) await keep().catch(() => {});
    })(),
  );
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate" && request.method === "GET") {
    event.respondWith(fetch(request).catch(() => caches.match(PAGE)));
  } else if (new URL(request.url).pathname.startsWith("/assets/") && request.destination !== "script") {
    event.respondWith(fetch(request).catch(async () => (await caches.match(request)) ?? Response.error()));
  }
});
