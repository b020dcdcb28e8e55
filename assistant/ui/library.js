// Runs once, on the table: a click on a headline opens the article above it.
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-article]");
  if (!button) return;
  trigger("select", { article: button.dataset.article });
});
