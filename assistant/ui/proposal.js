// Runs once, beside the field of a date: what the text states is taken when the reader says so.
element.addEventListener("click", ({ target }) => {
  const { day } = target.closest("button")?.dataset ?? {};
  if (day) trigger("use", { day });
});
