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
  const { pathname } = new URL(event.request.url);
  const page = ["./", "./add"].some((each) => pathname === new URL(each, location).pathname);
  if (event.request.mode !== "navigate" || !page) return;
  event.respondWith(fetch(event.request).catch(() => caches.match(OFFLINE)));
});
