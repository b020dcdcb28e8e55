// Runs once, on the opened article: its versions can be turned to and compared, its story opened, its details put right.
element.addEventListener("click", ({ target }) => {
  const { version, before, after, story, untag, uncollection, original, askArticle } = target.closest("button")?.dataset ?? {};
  if (version) trigger("turn", { version: Number(version) });
  if (before) trigger("compare", { before: Number(before), after: Number(after) });
  if (story !== undefined) trigger("story", {});
  if (untag !== undefined) trigger("tag", { add: "", remove: untag });
  if (uncollection !== undefined) {
    trigger("collect", { add: "", remove: uncollection });
    labelling = "collection";
  }
  if (original !== undefined) trigger("edit", { original: true, details: {} });
  if (askArticle !== undefined) {
    trigger("about", { article: element.querySelector(".sheet").dataset.article });
    toBox(120);
  }
});

// Where the question is written, once its tab has opened.
function toBox(tries) {
  const box = document.querySelector("#composer textarea");
  if (box.offsetParent) box.focus();
  else if (tries) requestAnimationFrame(() => toBox(tries - 1));
}
element.addEventListener("submit", (event) => {
  const given = Object.fromEntries(new FormData(event.target));
  if (event.target.matches(".tag-form")) {
    event.preventDefault();
    const { kind } = event.target.dataset;
    if (given.name.trim()) trigger(kind === "tag" ? "tag" : "collect", { add: given.name, remove: "" });
    labelling = kind;
    event.target.reset(); // Gradio, which draws the card anew, leaves what stands in its fields
  }
  if (event.target.matches(".edit-form")) {
    event.preventDefault();
    trigger("edit", { original: false, details: given });
    edited = true;
  }
});

// On a phone it stands far above the row that was clicked; from an answer, its tab has yet to open.
function show(tries) {
  if (!element.offsetParent) return tries && requestAnimationFrame(() => show(tries - 1));
  element.scrollIntoView({ block: "nearest" });
  const words = element.querySelector(".text mark, ins, del");
  const text = element.querySelector(".scroll");
  if (words && text) text.scrollTop += words.getBoundingClientRect().top - text.getBoundingClientRect().top - 40;
}
function told() {
  const card = element.querySelector("[data-address]");
  if (card) dateline.stands("library", card.dataset.address, card.querySelector("h3").textContent);
  else if (!element.textContent.trim()) dateline.stands("library", "", "");
}
// A tag is added after another one: the field keeps the focus though it is drawn anew.
let labelling = "";
let edited = false; // what is drawn then is folded
watch("value", () => {
  told();
  if (edited || labelling === "collection") element.querySelector(".edit")?.setAttribute("open", "");
  edited = false;
  if (labelling) element.querySelector(`.tag-form[data-kind="${labelling}"] input`)?.focus();
  else show(120);
  labelling = "";
});
// What is opened before its tab ever was is there already when this runs.
told();
if (element.querySelector(".reading-card")) show(120);
