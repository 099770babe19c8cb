// Answers from what the offline checker kept when the network is down. Only pages below its own address ask it.
"use strict";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  event.respondWith(
    fetch(event.request).catch(async () => {
      const kept = await (await caches.open("verify")).match(event.request, { ignoreVary: true });
      return kept || Response.error();
    }),
  );
});
