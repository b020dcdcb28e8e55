// Runs once on each of the two forms: how answers are made, which the server hears of, and how the page looks, which it
// does not. The looks themselves are in appearance.js, which has to be there before the page is.

const LOOKS = ["colours", "text"];
const LANGUAGE = "dateline-language"; // a cookie, since the server draws the texts, the first ones too
const YEAR = 31_536_000;

// What leaves the machine with the model that is chosen stands beside it.
function tellLeaving() {
  const line = element.querySelector("#leaves");
  const { model, quote } = element.querySelector("form")?.elements ?? {};
  if (line) line.textContent = quote.checked ? "" : (model.selectedOptions[0]?.dataset.leaves ?? "");
}
tellLeaving();

// What was chosen counts at once, whatever the server draws that does not know of it yet.
let chosen = null;
watch("value", () => {
  const { model, quote, sources, recency } = element.querySelector("form").elements;
  if (chosen) {
    model.value = chosen.model;
    quote.checked = chosen.quote;
    sources.value = chosen.sources;
    recency.value = chosen.recency;
  }
  shut();
});

function shut() {
  const { elements } = element.querySelector("form");
  elements.model.disabled = element.querySelector("[data-try]").disabled = elements.quote.checked;
  tellLeaving();
}

function keep(form) {
  const { model, quote, sources, recency } = form.elements;
  shut();
  chosen = { model: model.value, quote: quote.checked, sources: Number(sources.value), recency: recency.value };
  dateline.setBy(chosen);
  trigger("keep", chosen);
}

element.addEventListener("change", ({ target }) => {
  if (target.name === "language") {
    document.cookie = `${LANGUAGE}=${target.value}; max-age=${target.value ? YEAR : 0}; samesite=lax`;
    return location.reload();
  }
  if (!LOOKS.includes(target.name)) return keep(target.form);
  storage.set(`dateline-${target.name}`, target.value);
  dispatchEvent(new Event("storage")); // which a browser tells other pages only
});
element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) trigger("attempt", { model: button.form.elements.model.value });
});
element.addEventListener("submit", (event) => event.preventDefault());

for (const look of LOOKS) {
  const kept = storage.get(`dateline-${look}`);
  const choice = [...element.querySelectorAll(`input[name="${look}"]`)].find((input) => input.value === kept);
  if (choice) choice.checked = true;
}
