// Without a network a page that says so is shown. Nothing else is kept: pages hold personal data.
const CACHE = "offline-1";
const PAGE = "/offline";

addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      const answer = await fetch(PAGE, { cache: "reload" });
      const html = await answer.clone().text();
      await cache.put(PAGE, answer);
      await cache.addAll([...html.matchAll(/"(\/assets\/[^"#]+\.(?:css|svg))"/g)].map((found) => found[1]));
    })(),
  );
});

addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate" && request.method === "GET") {
    event.respondWith(fetch(request).catch(() => caches.match(PAGE)));
  } else if (new URL(request.url).pathname.startsWith("/assets/") && request.destination !== "script") {
    event.respondWith(fetch(request).catch(async () => (await caches.match(request)) ?? Response.error()));
  }
});
