// Runs once, on the last exchange: `element` is its root, `trigger` calls Python, `watch` hears of new values.

async function copy(button) {
  const text = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Browsers offer the clipboard on https and localhost only.
    const field = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = "Copy"), 2000);
}

function onClick(event) {
  if (!element.isConnected) return document.removeEventListener("click", onClick);
  const legend = event.target.closest(".legend summary")?.parentElement;
  if (legend) unfolded = !legend.open;
  const button = event.target.closest("#past button, #live button");
  if (!button) return;
  if ("copy" in button.dataset) copy(button);
  const asked = { question: "", retry: false, everything: false };
  if ("ask" in button.dataset) trigger("submit", { ...asked, question: button.textContent });
  if ("retry" in button.dataset) trigger("submit", { ...asked, retry: true });
  if ("everything" in button.dataset) trigger("submit", { ...asked, retry: true, everything: true });
  if ("limits" in button.dataset) trigger("limits", {});
  if ("story" in button.dataset) trigger("story", { exchange: Number(button.dataset.story) });
  if ("library" in button.dataset) trigger("library", {});
}
document.addEventListener("click", onClick);

// A new question goes to the top of the window, once; after that nothing moves under the reader's eyes. What was unfolded
// stays so: Gradio, which draws the answer anew, knows nothing of it.
let current = "";
let unfolded = false;
watch("value", () => {
  const exchange = element.querySelector(".exchange");
  const id = exchange?.id ?? "";
  if (id !== current) unfolded = false;
  if (id && id !== current) exchange.scrollIntoView({ block: "start" });
  current = id;
  const legend = element.querySelector(".legend");
  if (legend) legend.open = unfolded;
});
