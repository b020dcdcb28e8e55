// Runs once, on the list of keys: the chat by keyboard. What a key does is what a click on the page would do.

const list = element.querySelector("dialog");
const find = (selector) => document.querySelector(selector);
const TYPING = "input, textarea, select, [contenteditable]";

element.addEventListener("click", ({ target }) => {
  if (target === list || target.closest("[data-close]")) list.close();
});

function walk(by) {
  const reader = find("dialog.reader[open]");
  if (reader) return reader.querySelector(`[data-step="${by}"]`).click();
  const cards = [...document.querySelectorAll("#live .card")].filter((card) => card.checkVisibility());
  if (!cards.length) return;
  for (const earlier of document.querySelectorAll("#past .exchange.active")) earlier.classList.remove("active");
  const now = cards.findIndex((card) => card.contains(document.activeElement));
  const next = cards[Math.min(Math.max(now + by, 0), cards.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

// Nearer things hear Escape first: the reader, a drawer over the chat, a field that is written in.
function stop() {
  const drawer = find('[data-talks="open"]') && !matchMedia("(min-width: 1280px)").matches;
  if (!find("dialog[open]") && !drawer) find('#live [aria-busy="true"]') && find("#composer .stop-button")?.click();
}

const KEYS = {
  "/": () => find("#composer textarea").focus(),
  j: () => walk(1),
  k: () => walk(-1),
  "?": () => list.showModal(),
};

function onKey(event) {
  if (!element.isConnected) return document.removeEventListener("keydown", onKey);
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!find("#composer")?.checkVisibility()) return;
  if (event.key === "Escape") return stop();
  if (event.target.closest(TYPING) || list.open) return;
  if (event.key === "Enter" && event.target.matches(".card")) return event.target.querySelector("[data-open]").click();
  if (!(event.key in KEYS) || (find("dialog:modal") && !"jk".includes(event.key))) return;
  event.preventDefault();
  KEYS[event.key]();
}
document.addEventListener("keydown", onKey);

function onClick(event) {
  if (!element.isConnected) return document.removeEventListener("click", onClick);
  if (event.target.closest("[data-keys]")) list.showModal();
}
document.addEventListener("click", onClick);
