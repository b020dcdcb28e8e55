// Runs once, on a report: Stop ends the work that it tells of, and what was rejected can be tried again.
element.addEventListener("click", ({ target }) => {
  if (target.closest("[data-stop]")) trigger("halt", {});
  if (target.closest("[data-again]")) trigger("again", {});
  const { use, day } = target.closest("[data-use]")?.dataset ?? {};
  if (!use) return;
  trigger("use", { article: use, day });
  target.closest(".proposal").remove();
});
