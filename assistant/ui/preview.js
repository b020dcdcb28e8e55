// Runs once, on the preview of a citation: pointed at, reached by keyboard or tapped, a number shows the exact words that
// it stands for, with outlet and date, from what stands on the page; its card and the words in it light up. A second tap
// opens the reader, as a click and Enter do at once. What is unfolded among the sources stays so, here too.

const box = element.querySelector(".preview");
const part = (name) => box.querySelector(name);
const GRACE = 150; // ms in which the mouse may go from the number to the preview

let on = null; // the citation whose words are shown
let words = "";
let tapped = null;
let touched = false; // how the page was pointed at last
let escaped = false; // what was closed gives the focus back to the citation that it was opened from
let leaving = 0;

const cardOf = (link) => document.getElementById(link.getAttribute("href").slice(1));
const citeAt = (target) => target.closest?.('a.cite[href^="#source-"]');

function light(link, lit) {
  const card = cardOf(link);
  if (!card) return;
  card.classList.toggle("pointed", lit);
  const excerpts = [...card.querySelectorAll(".excerpt")];
  const start = Number(link.dataset.start);
  const one = excerpts.find(({ dataset }) => Number(dataset.start) <= start && start < Number(dataset.end));
  for (const each of excerpts) {
    if (lit && one) each.classList.toggle("now", each === one);
    each.classList.toggle("pointed", lit && each === one);
  }
}

// Below the number or, where there is no room, above it; never over the edge of the window.
function place(link) {
  const [at] = link.getClientRects();
  const { offsetWidth, offsetHeight } = box;
  const left = Math.min(Math.max(at.left + at.width / 2 - offsetWidth / 2, 8), innerWidth - offsetWidth - 8);
  const below = at.bottom + 6;
  box.style.left = `${left}px`;
  box.style.top = `${below + offsetHeight > innerHeight - 8 ? Math.max(at.top - offsetHeight - 6, 8) : below}px`;
}

function show(link) {
  clearTimeout(leaving);
  const card = cardOf(link);
  if (!card || !link.dataset.quote) return;
  if (on && on !== link) light(on, false);
  on = link;
  words = link.dataset.quote;
  part(".words").textContent = words;
  part(".byline").replaceChildren(...card.querySelector(".byline").cloneNode(true).childNodes);
  part(".support").textContent = link.dataset.why;
  link.setAttribute("aria-describedby", box.id);
  box.classList.toggle("touch", touched);
  box.showPopover();
  place(link);
  light(link, true);
}

function hide() {
  clearTimeout(leaving);
  if (!on) return;
  light(on, false);
  on.removeAttribute("aria-describedby");
  on = tapped = null;
  box.hidePopover();
}

function leave() {
  clearTimeout(leaving);
  leaving = setTimeout(hide, GRACE);
}

const heard = {
  pointerdown(event) {
    touched = event.pointerType === "touch";
    escaped = false;
    if (touched && on && !citeAt(event.target) && !box.contains(event.target)) hide();
  },
  mouseover({ target }) {
    if (touched) return;
    const link = citeAt(target);
    if (link) show(link);
    else if (box.contains(target)) clearTimeout(leaving);
  },
  mouseout({ target, relatedTarget }) {
    const within = relatedTarget && (on?.contains(relatedTarget) || box.contains(relatedTarget));
    if (on && !touched && !within && (citeAt(target) || box.contains(target))) leave();
  },
  focusin({ target }) {
    const link = citeAt(target);
    if (link?.matches(":focus-visible") && !touched && !escaped) show(link);
    else if (on && !touched && !box.contains(target)) hide();
  },
  focusout({ target, relatedTarget }) {
    if (on && citeAt(target) === on && !touched && !box.contains(relatedTarget)) hide();
  },
  keydown(event) {
    touched = false;
    escaped = event.key === "Escape";
    if (!escaped || !on) return;
    hide();
    event.preventDefault(); // the reader and the answer are left as they are
  },
  click(event) {
    const link = citeAt(event.target);
    if (link && touched && tapped !== link && link.dataset.quote) {
      event.preventDefault();
      event.stopPropagation();
      show(link);
      tapped = link;
    } else if (link) {
      hide();
    }
    fold(event.target);
  },
  scroll() {
    if (!on) return;
    const { top, bottom } = on.getBoundingClientRect();
    if (bottom < 0 || top > innerHeight) hide();
    else place(on);
  },
  resize: () => hide(),
};
const hearing = Object.entries(heard).map(([name, act]) => {
  const listener = (event) => (element.isConnected ? act(event) : unheard());
  addEventListener(name, listener, { capture: true, passive: name === "scroll" });
  return [name, listener];
});

function unheard() {
  for (const [name, listener] of hearing) removeEventListener(name, listener, { capture: true });
}

part("[data-read]").addEventListener("click", () => {
  const link = on;
  hide();
  touched = false;
  link?.click();
});

// The passages and lists that a reader has unfolded, by the ids of their cards and exchanges.
const unfolded = new Set();

function fold(target) {
  const button = target.closest?.("[data-unfold]");
  const card = button?.closest(".card");
  const also = target.closest?.(".also > summary")?.closest(".exchange");
  const id = card?.id ?? also?.id;
  if (!id) return;
  if (!unfolded.delete(id)) unfolded.add(id);
  if (card) unfold(card);
}

function unfold(card) {
  const open = unfolded.has(card.id);
  const button = card.querySelector("[data-unfold]");
  const label = open ? button?.dataset.hide : button?.dataset.show;
  card.classList.toggle("unfolded", open);
  if (!button || button.textContent === label) return;
  button.textContent = label;
  button.ariaExpanded = String(open);
}

// Gradio draws an answer anew while it grows, and knows nothing of what a reader has done to it.
const watcher = new MutationObserver(() => {
  if (on && (!on.isConnected || on.dataset.quote !== words)) hide();
  for (const id of unfolded) {
    const folded = document.getElementById(id);
    if (folded?.matches(".card")) unfold(folded);
    else if (folded) for (const also of folded.querySelectorAll(".also")) also.open = true;
  }
});
for (const drawn of document.querySelectorAll("#past, #live")) {
  watcher.observe(drawn, { childList: true, characterData: true, subtree: true });
}
