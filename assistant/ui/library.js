// Runs once, on the table: a click opens an article, sorts by a column or turns the page.
let turned = false;
element.addEventListener("click", ({ target }) => {
  const { article, sort, turn } = target.closest("button")?.dataset ?? {};
  if (article !== undefined) trigger("select", { article });
  if (sort) trigger("sort", { by: sort });
  if (turn) trigger("turn", { start: Number(turn) });
  turned = Boolean(sort || turn);
});
// The rows are other ones in the same place: they are read from the first one on.
watch("value", () => {
  const rows = element.querySelector(".scroll");
  if (turned && rows) rows.scrollTop = 0;
  turned = false;
});
