// Runs once, on what saves a filter under a name and forgets one.
element.addEventListener("submit", (event) => {
  event.preventDefault();
  const name = new FormData(event.target).get("name").trim();
  if (name) trigger("save", { name });
});
element.addEventListener("click", ({ target }) => {
  const { forget } = target.closest("button")?.dataset ?? {};
  if (forget !== undefined) trigger("forget", { name: forget });
});
