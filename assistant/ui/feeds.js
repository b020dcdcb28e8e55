// Runs once on each of three: the list of feeds, the question about an empty one, and how often they are refreshed.
element.addEventListener("click", (event) => {
  const { act, feed, read } = event.target.closest("button")?.dataset ?? {};
  if (act) trigger("act", { act, feed });
  if (read) trigger("read", { article: read });
});
element.addEventListener("change", ({ target }) => {
  if (target.name === "refresh_every") trigger("act", { act: "schedule", feed: "", minutes: Number(target.value) });
});
