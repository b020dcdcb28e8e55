// Runs once, on the ways to a model: a server is entered or forgotten, or they are looked for again.
element.addEventListener("submit", (event) => {
  event.preventDefault();
  const { address, key } = event.target.elements;
  trigger("connect", { address: address.value, key: key.value });
  key.value = "";
});
element.addEventListener("click", ({ target }) => {
  if (target.closest("[data-disconnect]")) trigger("disconnect", {});
  if (target.closest("[data-look]")) trigger("look", {});
});
