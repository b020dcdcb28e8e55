// Runs once, on the last exchange: `element` is its root, `trigger` calls Python, `watch` hears of new values.

const wide = matchMedia("(min-width: 900px)");

// Show the sources of one exchange and light the card: no call to the server, so it is there at once.
function openCard(id) {
  const card = document.getElementById(id);
  if (!card) return;
  const exchange = card.closest(".exchange");
  for (const other of document.querySelectorAll("#past .exchange.active, .card.lit")) {
    other.classList.remove(other.matches(".card") ? "lit" : "active");
  }
  exchange.classList.add("active");
  card.classList.add("lit");
  card.focus({ preventScroll: true });
  const words = card.querySelector("mark") ?? card;
  // A long card starts at its headline when both fit, else the marked words matter more.
  const target = card.offsetHeight < innerHeight * 0.6 ? card : words;
  target.scrollIntoView({ block: wide.matches && target === card ? "nearest" : "center" });
}

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
  const cite = event.target.closest('a.cite[href^="#source-"]');
  if (cite) {
    event.preventDefault();
    return openCard(cite.getAttribute("href").slice(1));
  }
  const button = event.target.closest("#past button, #live button");
  if (!button) return;
  if ("copy" in button.dataset) copy(button);
  const asked = { question: "", retry: false, everything: false };
  if ("ask" in button.dataset) trigger("submit", { ...asked, question: button.textContent });
  if ("retry" in button.dataset) trigger("submit", { ...asked, retry: true });
  if ("everything" in button.dataset) trigger("submit", { ...asked, retry: true, everything: true });
  if ("limits" in button.dataset) trigger("limits", {});
  if ("exchange" in button.dataset) {
    trigger("open", { exchange: Number(button.dataset.exchange), number: Number(button.dataset.number) });
  }
  if ("story" in button.dataset) trigger("story", { exchange: Number(button.dataset.story) });
  if ("library" in button.dataset) trigger("library", {});
}
document.addEventListener("click", onClick);

// A new question goes to the top of the window, once; after that nothing moves under the reader's eyes.
let current = "";
watch("value", () => {
  const exchange = element.querySelector(".exchange");
  const id = exchange?.id ?? "";
  if (id && id !== current) exchange.scrollIntoView({ block: "start" });
  current = id;
});
