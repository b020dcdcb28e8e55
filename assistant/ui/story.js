// Runs once, on what is new and on an opened story: read, ask, open a story, go back.
element.addEventListener("click", (event) => {
  const number = event.target.closest('a[href^="#event-"]');
  if (number) {
    event.preventDefault();
    const told = element.querySelector(number.getAttribute("href"));
    told.focus({ preventScroll: true });
    return told.scrollIntoView({ block: "center" });
  }
  const { read, version, start, end, about, story, back } = event.target.closest("button")?.dataset ?? {};
  if (read !== undefined) {
    trigger("read", { article: read, version: Number(version), start: Number(start), end: Number(end) });
  }
  if (about !== undefined) trigger("about", { question: about });
  if (story !== undefined) trigger("story", { article: story });
  if (back !== undefined) trigger("back", {});
});
watch("value", () => element.querySelector(".events") && window.scrollTo({ top: 0 }));
