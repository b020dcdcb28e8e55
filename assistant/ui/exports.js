// Runs once, on the place for files: whatever button asks for one, and the file when it has come. What is for programs.
watch("value", () => element.querySelector("a")?.click());

function onExport(event) {
  if (!element.isConnected) return document.removeEventListener("click", onExport);
  if (event.target.closest("[data-api]")) return document.querySelector("footer .show-api")?.click(); // Gradio's own
  const button = event.target.closest("[data-export], [data-ratings]");
  if (!button) return;
  button.closest("details")?.removeAttribute("open");
  if ("ratings" in button.dataset) return trigger("ratings", {});
  const id = button.closest("[data-id]")?.dataset.id ?? dateline.shown.id;
  trigger("save", { id, form: button.dataset.export, exchange: Number(button.dataset.of ?? 0) });
}
document.addEventListener("click", onExport);

// A menu under an answer is left as others are: by Escape, or by a click elsewhere.
const shut = (except) => {
  for (const menu of document.querySelectorAll("details.export[open]")) if (menu !== except) menu.open = false;
};
function onLeave(event) {
  if (!element.isConnected) return document.removeEventListener("click", onLeave);
  shut(event.target.closest("details.export"));
}
document.addEventListener("click", onLeave);
function onEscape(event) {
  if (!element.isConnected) return document.removeEventListener("keydown", onEscape);
  const menu = event.key === "Escape" && document.querySelector("details.export[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
}
document.addEventListener("keydown", onEscape);
