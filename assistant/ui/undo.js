// Runs once, on the line that tells of a removal.
element.addEventListener("click", ({ target }) => {
  if (target.closest("[data-undo]")) trigger("undo", {});
});
