// Runs once, on the last exchange: `element` is its root, `trigger` calls Python, `watch` hears of new values.

function onClick(event) {
  if (!element.isConnected) return document.removeEventListener("click", onClick);
  const legend = event.target.closest(".legend summary")?.parentElement;
  if (legend) unfolded = !legend.open;
  const button = event.target.closest("#past button, #live button");
  if (!button) return;
  if ("copy" in button.dataset) dateline.copy(button, button.dataset.copy);
  if ("whole" in button.dataset) unfold(button);
  if ("ask" in button.dataset) dateline.ask({ question: button.textContent });
  if ("retry" in button.dataset) dateline.ask({ again: true });
  if ("everything" in button.dataset) dateline.ask({ again: true, everything: true });
  if ("limits" in button.dataset) trigger("limits", {});
  if ("story" in button.dataset) trigger("story", { exchange: Number(button.dataset.story) });
  if ("library" in button.dataset) trigger("library", {});
  if ("openStory" in button.dataset) trigger("open_story", { article: button.dataset.openStory });
  if ("stories" in button.dataset) trigger("stories", {});
}
document.addEventListener("click", onClick);

function unfold(button) {
  button.closest(".exchange").querySelector(".question").classList.toggle("open");
  const { textContent } = button;
  button.textContent = button.dataset.whole;
  button.dataset.whole = textContent;
}

// A question stands on the page as soon as it is asked. The server's drawing of it takes its place; one that is not
// asked after all, or not by this page, goes again.
let asked = null;
const place = (id) => Number(id.replace("exchange-", ""));
let top = 0; // where the window stood when it was drawn; the reader may scroll on
let scrolled = false;

function stand(question) {
  asked?.remove();
  asked = drawAsked(element, question);
  hold(asked.id);
}

function toTop(exchange) {
  exchange.scrollIntoView({ block: "start" });
  top = scrollY;
  scrolled = false;
}

// Gradio patches the earlier answers and the last one into the page in frames of its own: until it is done, the question
// is brought back to its place, unless the reader moves on.
let held = 0;
function hold(id, until = performance.now() + 3000) {
  const mine = ++held;
  const leaves = ["wheel", "touchmove", "keydown", "pointerdown"];
  const stop = () => (until = 0);
  leaves.forEach((each) => addEventListener(each, stop, { once: true, passive: true }));
  const bring = () => {
    const over = !element.isConnected || mine !== held || performance.now() > until;
    if (over) return leaves.forEach((each) => removeEventListener(each, stop));
    const exchange = document.getElementById(id);
    if (exchange) toTop(exchange);
    requestAnimationFrame(bring);
  };
  bring();
}

function onScroll() {
  if (!element.isConnected) return document.removeEventListener("scroll", onScroll);
  scrolled = Math.abs(scrollY - top) > 1;
}
document.addEventListener("scroll", onScroll);

function taken() {
  asked?.remove();
  asked = null;
}

// What the server has drawn. Gradio patches it into the page.
function draw({ past, live }) {
  if (document.querySelector(":is(#past, #live) .rewriting")) return; // Gradio would take the field away: when it is over
  dateline.past.value = past;
  props.value = live;
  trigger("named", {});
}

// Until it comes; nothing of another conversation stays.
function wait(id) {
  taken();
  current = "";
  dateline.past.value = "";
  props.value = id ? document.querySelector("#loading").innerHTML : "";
}

// A new question goes to the top of the window, once; after that nothing moves under the reader's eyes. What was unfolded
// stays so: Gradio, which draws the answer anew, knows nothing of it. The page is watched, since Gradio's own watching
// does not hear of what this script draws.
let current = "";
let unfolded = false;
let grown = "";
function changed() {
  const exchange = element.querySelector(".exchange:not(.asked)");
  const id = exchange?.id ?? "";
  // The room that was kept for what a model writes stays when it is over: what stands below it keeps its place.
  if (element.querySelector('.exchange:not(.asked) [aria-busy="true"]')) grown = id;
  element.classList.toggle("grown", grown === id && id !== "");
  const away = asked && scrolled;
  if (asked && !asked.classList.contains("asked")) asked = null; // Gradio made it into the server's drawing
  if (asked && place(id) >= place(asked.id)) taken(); // the server's drawing is there, behind those of other browsers
  else if (asked && !asked.isConnected) element.append(asked); // what was drawn is something else, such as what to ask next
  if (id !== current) {
    unfolded = false;
    if (exchange && !away) hold(dateline.answer() || id);
  }
  current = id;
  const legend = element.querySelector(".legend");
  if (legend) legend.open = unfolded;
}
new MutationObserver(changed).observe(element, { childList: true, subtree: true });
changed();

trigger("begun", {}); // Gradio tells what it keeps
dateline.begin({
  stand,
  taken,
  draw,
  wait,
  limit: () => trigger("limited", {}),
  list: () => document.dispatchEvent(new Event("dateline-list")),
});
element.dataset.ready = "";
