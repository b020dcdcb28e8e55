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
  const { textContent } = button;
  if (textContent === button.dataset.copied) return;
  button.textContent = button.dataset.copied;
  setTimeout(() => (button.textContent = textContent), 2000);
}

function onClick(event) {
  if (!element.isConnected) return document.removeEventListener("click", onClick);
  const legend = event.target.closest(".legend summary")?.parentElement;
  if (legend) unfolded = !legend.open;
  const button = event.target.closest("#past button, #live button");
  if (!button) return;
  if ("copy" in button.dataset) copy(button);
  const ask = { question: "", retry: false, everything: false };
  if ("ask" in button.dataset) {
    stand(button.textContent);
    trigger("submit", { ...ask, question: button.textContent });
  }
  if ("retry" in button.dataset) trigger("submit", { ...ask, retry: true });
  if ("everything" in button.dataset) trigger("submit", { ...ask, retry: true, everything: true });
  if ("limits" in button.dataset) trigger("limits", {});
  if ("story" in button.dataset) trigger("story", { exchange: Number(button.dataset.story) });
  if ("library" in button.dataset) trigger("library", {});
}
document.addEventListener("click", onClick);

// A question stands on the page as soon as it is asked. The server's drawing of it takes its place; one that is not
// asked after all, or not by this page, goes again.
let asked = null;
let top = 0; // where the window stood when it was drawn; the reader may scroll on
let scrolled = false;

function stand(question) {
  const box = document.querySelector("#composer textarea");
  if (!question || question.length > box.maxLength || element.querySelector('[aria-busy="true"]')) return;
  asked = drawAsked(element, question);
  toTop(asked);
}

function toTop(exchange) {
  exchange.scrollIntoView({ block: "start" });
  top = scrollY;
  scrolled = false;
}

function onScroll() {
  if (!element.isConnected) return document.removeEventListener("scroll", onScroll);
  scrolled = Math.abs(scrollY - top) > 1;
}
document.addEventListener("scroll", onScroll);

function onAsked(event) {
  if (!element.isConnected) return document.removeEventListener(event.type, onAsked, true);
  const box = event.target.closest("#composer label")?.querySelector("textarea");
  const entered = event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target === box;
  if (box && (entered || event.target.closest(".submit-button"))) stand(box.value.trim());
}
document.addEventListener("keydown", onAsked, true);
document.addEventListener("click", onAsked, true);

function onTaken() {
  if (!element.isConnected) return document.removeEventListener("dateline-taken", onTaken);
  asked?.remove();
  asked = null;
}
document.addEventListener("dateline-taken", onTaken);

// A new question goes to the top of the window, once; after that nothing moves under the reader's eyes. What was unfolded
// stays so: Gradio, which draws the answer anew, knows nothing of it.
let current = "";
let unfolded = false;
watch("value", () => {
  const exchange = element.querySelector(".exchange:not(.asked)");
  const id = exchange?.id ?? "";
  const standing = asked && id === current; // what was drawn is something else, such as what to ask next
  if (standing) element.append(asked);
  const news = standing ? asked : id !== current && exchange;
  if (news && !(asked && scrolled)) toTop(news);
  if (id !== current) unfolded = false;
  if (!standing) asked = null;
  current = id;
  const legend = element.querySelector(".legend");
  if (legend) legend.open = unfolded;
});

element.dataset.ready = "";
