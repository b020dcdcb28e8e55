// Runs once, on the list of feeds: Remove, and the yes or no that it asks for.
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button) trigger("act", { act: button.dataset.act, feed: button.dataset.feed });
});
