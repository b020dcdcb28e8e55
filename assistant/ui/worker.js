// The service worker: what stands in the window when Dateline cannot be reached. Documents always come from the server
// while it answers, so that nothing old is shown after an upgrade; all else the browser fetches by itself.
const KEPT = "dateline-$version";
const OFFLINE = "offline";

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(KEPT).then((kept) => kept.add(new Request(OFFLINE, { cache: "reload" }))));
});

addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("dateline-") && name !== KEPT);
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name)))));
});

addEventListener("fetch", (event) => {
  const { url, method, mode, destination, headers } = event.request;
  const page = ["./", "./add"].some((each) => new URL(url).pathname === new URL(each, location).pathname);
  // A frame or a form of another site's page goes on as the browser sends it, and is refused.
  if (method !== "GET" || mode !== "navigate" || destination !== "document" || !page) return;
  // The request itself would go on with Sec-Fetch-Dest "empty", as no link that somebody follows does. Where it
  // leads to signing in, the window goes there itself.
  event.respondWith(fetch(url, { headers, redirect: "manual" }).catch(() => caches.match(OFFLINE)));
});
