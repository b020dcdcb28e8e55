// Runs once, on the stories and on an opened one: read, ask, open a story, go back, look at others, star, follow.
let kept = null;
let asked = null; // the view that was pressed and is not drawn yet
element.addEventListener("click", (event) => {
  const number = event.target.closest('a[href^="#event-"]');
  if (number) {
    event.preventDefault();
    const told = element.querySelector(number.getAttribute("href"));
    told.focus({ preventScroll: true });
    return told.scrollIntoView({ block: "center" });
  }
  const button = event.target.closest("button");
  const { read, version, start, end, about, story, back, look, more, star, follow, seen, of } = button?.dataset ?? {};
  const view = asked ?? element.querySelector("[data-view]")?.dataset.view ?? "";
  const shown = element.querySelectorAll(".news > li").length;
  const keep = (what, of) => {
    const on = button.getAttribute("aria-pressed") !== "true";
    kept = { what, of };
    trigger("keep", { what, of, on, view, shown });
  };
  if (read !== undefined) {
    trigger("read", { article: read, version: Number(version), start: Number(start), end: Number(end) });
  }
  if (about !== undefined) trigger("about", { question: about });
  if (story !== undefined) trigger("story", { article: story });
  if (back !== undefined) trigger("back", {});
  if (look !== undefined) trigger("look", { view: (asked = look), shown: 0 });
  if (more !== undefined) trigger("look", { view, shown: shown + 20 });
  if (star !== undefined) keep("star", star);
  if (follow !== undefined) keep("follow", of);
  if (seen !== undefined) keep("read", of);
});
// The page is drawn anew: who works with the keyboard stays where they were.
watch("value", () => {
  asked = null;
  if (!kept) return;
  const named = { star: `[data-star="${CSS.escape(kept.of)}"]`, follow: "[data-follow]", read: "[data-seen]" }[kept.what];
  const again = [...element.querySelectorAll(named)].find(({ dataset }) => (dataset.of ?? dataset.star) === kept.of);
  kept = null;
  again?.focus({ preventScroll: true });
});
function told() {
  const head = element.querySelector("h2[data-address]");
  if (head) dateline.stands("stories", head.dataset.address, head.textContent);
  else if (element.closest("#story") && !element.textContent.trim()) dateline.stands("stories", "", "");
}
told();
watch("value", () => {
  told();
  if (element.querySelector(".events")) window.scrollTo({ top: 0 });
});
