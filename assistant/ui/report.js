// Runs once, on a report: Stop ends the work that it tells of.
element.addEventListener("click", (event) => {
  if (event.target.closest("[data-stop]")) trigger("halt", {});
});
