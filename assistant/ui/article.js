// Runs once, on the opened article: its versions can be turned to and compared, and its story opened.
element.addEventListener("click", ({ target }) => {
  const { version, before, after, story } = target.closest("button")?.dataset ?? {};
  if (version) trigger("turn", { version: Number(version) });
  if (before) trigger("compare", { before: Number(before), after: Number(after) });
  if (story !== undefined) trigger("story", {});
});

// On a phone it stands far above the row that was clicked; from an answer, its tab has yet to open.
function show(tries) {
  if (!element.offsetParent) return tries && requestAnimationFrame(() => show(tries - 1));
  element.scrollIntoView({ block: "nearest" });
  const words = element.querySelector("mark, ins, del");
  const text = element.querySelector(".scroll.text");
  if (words && text) text.scrollTop = words.getBoundingClientRect().top - text.getBoundingClientRect().top - 40;
}
watch("value", () => show(120));
// What is opened before its tab ever was is there already when this runs.
if (element.querySelector(".reading-card")) show(120);
