// Runs once, on the reader: a citation lights its card, and a click shows the cited words at once from what stands on
// the page; the whole article takes their place when it has come, and the words stay where they are.

const reader = element.querySelector("dialog");
const part = (name) => reader.querySelector(name);
const leaf = part(".leaf");
const wide = matchMedia("(min-width: 900px)");

// What is open: ids and numbers, since Gradio patches the page in place and an element may be another one's by now.
// `index` is that of the citation among those of its answer, -1 for a card that was opened by itself.
let at = { card: "", origin: "", href: "", start: "", index: -1, byCard: false, gone: false };
let whole = ""; // the article of which answer stands there in full
let asked = 0; // an article that comes late, after another one was opened, is left

const card = () => document.getElementById(at.card);
const exchangeOf = (any) => any.closest(".exchange");
const citesOf = (exchange) => [...exchange.querySelectorAll(":is(.answer, .differ) a.cite")];
const cardOf = (link) => document.getElementById(link.getAttribute("href").slice(1));
const originOf = ({ dataset }) => `${dataset.version} ${dataset.article}`;
const marksOf = (root) => [...root.querySelectorAll("mark[data-start]")]; // of a card, those of its whole passage
const holds = (mark, start) => Number(mark.dataset.start) <= start && start < Number(mark.dataset.end);
const leadsThere = (link) => link?.getAttribute("href") === at.href && (link.dataset.start ?? "") === at.start;

function cite() {
  const cites = at.index < 0 ? [] : citesOf(exchangeOf(card()));
  return leadsThere(cites[at.index]) ? cites[at.index] : cites.find(leadsThere);
}

function words() {
  const start = at.start || card().querySelector(".excerpt.now, mark[data-start]")?.dataset.start;
  return start && marksOf(leaf).find((mark) => holds(mark, Number(start)));
}

// Of a card that nothing is cited from: where its passage begins.
function opening() {
  const text = leaf.querySelector(".text");
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  let left = text.textContent.indexOf(card().querySelector("blockquote").textContent);
  while (left >= 0 && walker.nextNode()) {
    if (left < walker.currentNode.length) {
      const range = document.createRange();
      range.setStart(walker.currentNode, left);
      return range;
    }
    left -= walker.currentNode.length;
  }
  return text;
}

const height = () => (words() ?? opening()).getBoundingClientRect().top;

function toWords() {
  for (const mark of marksOf(leaf)) mark.classList.toggle("now", mark === words());
  const frame = leaf.getBoundingClientRect();
  const below = height() - frame.top;
  if (below < 0 || below > frame.height * 0.7) leaf.scrollTop += below - frame.height / 3;
}

// Which of the answer's words rest on these, and how far.
function compare() {
  const cites = citesOf(exchangeOf(card()));
  const number = cites.indexOf(cite()) + 1;
  const { told } = part(".place").dataset;
  part(".place").textContent = number ? told.replace("{n}", number).replace("{total}", cites.length) : "";
  part(".steps").hidden = cites.length < (number ? 2 : 1);
  part(".said").textContent = cite()?.closest(".sentence")?.querySelector(".words").textContent ?? "";
  part(".support").textContent = cite()?.dataset.why ?? part(".support").dataset.none;
  part("[data-library]").hidden = part("[data-about]").hidden = at.gone || !card().dataset.article;
}

// The passage, from its card: nothing has to be waited for.
function showPassage() {
  const title = Object.assign(document.createElement("h2"), { id: "reader-title", dir: "auto" });
  title.append(...card().querySelector("h4 bdi").cloneNode(true).childNodes);
  const text = Object.assign(document.createElement("div"), { className: "text", dir: "auto" });
  text.append(...card().querySelector("blockquote").cloneNode(true).childNodes);
  const byline = card().querySelector(".byline").cloneNode(true);
  const original = card().querySelector(".links a");
  if (original) byline.append(" · ", original.cloneNode(true));
  leaf.replaceChildren(title, byline, text);
  leaf.scrollTop = 0;
}

async function fetchWhole(name) {
  const mine = ++asked;
  const { article, version } = card().dataset;
  if (!article) return;
  const same = [...card().parentElement.children].filter((each) => originOf(each) === at.origin);
  const cited = same.flatMap(marksOf).map((mark) => [Number(mark.dataset.start), Number(mark.dataset.end)]);
  const mark = words();
  const first = mark ? { at: Number(mark.dataset.start), words: mark.textContent } : {};
  const html = await server.article({ article, version: Number(version), cited, ...first }).catch(() => "");
  if (mine !== asked || !reader.open || !html) return;
  const before = height();
  const came = document.createElement("template");
  came.innerHTML = html; // drawn by the server, as everything on this page
  if (came.content.querySelector(".text")) {
    leaf.replaceChildren(came.content);
    whole = name;
  } else {
    at.gone = true;
    leaf.querySelector(".text").before(came.content);
  }
  compare();
  toWords();
  leaf.scrollTop += height() - before;
}

function open(to, link) {
  const cites = citesOf(exchangeOf(to));
  const by = link ?? cites.find((each) => cardOf(each) === to);
  at = {
    card: to.id,
    origin: originOf(to),
    href: by?.getAttribute("href") ?? "",
    start: by?.dataset.start ?? "",
    index: cites.indexOf(by),
    byCard: !link,
    gone: false,
  };
  light();
  const name = `${exchangeOf(to).id} ${at.origin}`;
  const there = reader.open && name === whole;
  if (!there) {
    whole = "";
    showPassage();
  }
  compare();
  if (!reader.open) {
    if (wide.matches) reader.show();
    else reader.showModal();
    reader.ariaModal = String(!wide.matches);
    leaf.focus({ preventScroll: true });
  }
  toWords();
  if (!there) fetchWhole(name);
}

function close(focus = at.byCard ? card() : cite()) {
  asked++;
  whole = "";
  const here = reader.contains(document.activeElement) || document.activeElement === document.body;
  reader.close();
  if (here) focus?.focus({ preventScroll: wide.matches });
}

// The sources of one exchange at a time; nothing scrolls under the reader's eyes but the cards themselves.
function light() {
  for (const other of document.querySelectorAll("#past .exchange.active, .card.lit")) {
    other.classList.remove(other.matches(".card") ? "lit" : "active");
  }
  exchangeOf(card()).classList.add("active");
  card().classList.add("lit");
  if (wide.matches) card().scrollIntoView({ block: "nearest" });
}

function step(by) {
  const cites = citesOf(exchangeOf(card()));
  const from = cites.indexOf(cite());
  const next = cites[from < 0 ? (by > 0 ? 0 : cites.length - 1) : (from + by + cites.length) % cites.length];
  if (next) open(cardOf(next), next);
}

// A question about this article, for the reader to end, and kept to it.
function askAbout() {
  const { question } = card().querySelector("[data-open]").dataset;
  const { article } = card().dataset;
  const box = document.querySelector("#composer textarea");
  close(null);
  trigger("about", { article });
  box.value = question;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
  box.setSelectionRange(question.length, question.length);
}

function readInLibrary() {
  const { start = 0, end = 0 } = words()?.dataset ?? {};
  const { article, version } = card().dataset;
  close(null);
  trigger("read", { article, version: Number(version), start: Number(start), end: Number(end) });
}

reader.addEventListener("click", ({ target }) => {
  const act = target.closest("button")?.dataset;
  if (!act) return;
  if ("step" in act) step(Number(act.step));
  if ("close" in act) close();
  if ("about" in act) askAbout();
  if ("library" in act) readInLibrary();
  if ("wide" in act) widen(reader.querySelector("[data-wide]"));
});

function widen(button) {
  const on = reader.classList.toggle("wide");
  button.ariaPressed = String(on);
  toWords();
}
wide.addEventListener("change", () => reader.open && close());

// The answer goes on growing under an open reader; when another conversation takes its place, the reader is put away.
const watcher = new MutationObserver(() => {
  if (translations.size) showTranslations();
  if (!reader.open) return;
  if (!card() || originOf(card()) !== at.origin) return close(null);
  card().classList.add("lit"); // of which Gradio knows nothing
  compare();
});
for (const drawn of document.querySelectorAll("#past, #live")) {
  watcher.observe(drawn, { childList: true, characterData: true, subtree: true });
}

const heard = { click: onClick, keydown: onKey };
for (const [event, listener] of Object.entries(heard)) document.addEventListener(event, listener);

function gone() {
  if (element.isConnected) return false;
  for (const [event, listener] of Object.entries(heard)) document.removeEventListener(event, listener);
  return true;
}

// A quotation's translation stands below it, and again where Gradio has drawn the answer anew.
const translations = new Map();
const keyOf = ({ dataset }) => [dataset.article, dataset.version, dataset.start, dataset.end].join(" ");

async function translate(button) {
  const { article, version, start, end, busy } = button.dataset;
  const key = keyOf(button);
  button.nextElementSibling.textContent = busy;
  const asked = { article, version: Number(version), start: Number(start), end: Number(end) };
  const html = await server.translation(asked).catch(() => "");
  if (html) translations.set(key, html);
  else button.nextElementSibling.textContent = "";
  showTranslations();
}

function showTranslations() {
  for (const button of document.querySelectorAll("[data-translate]")) {
    const place = button.nextElementSibling;
    const html = translations.get(keyOf(button));
    if (html && (!place.textContent || place.textContent === button.dataset.busy)) place.innerHTML = html;
    button.hidden = Boolean(html);
  }
}

function onClick(event) {
  if (gone()) return;
  const { read, askArticle, ...place } = event.target.closest("[data-read], [data-ask-article]")?.dataset ?? {};
  const { version = 0, start = 0, end = 0 } = place;
  if (read) return trigger("read", { article: read, version: Number(version), start: Number(start), end: Number(end) });
  if (askArticle) return trigger("about", { article: askArticle });
  const foreign = event.target.closest("[data-translate]");
  if (foreign && !foreign.nextElementSibling.textContent) return translate(foreign);
  const link = event.target.closest('a.cite[href^="#source-"]');
  const from = event.target.closest("a.from"); // in the strip above the answer
  if (link || from) event.preventDefault();
  const to = link || from ? cardOf(link ?? from) : event.target.closest("[data-open]")?.closest(".card");
  if (to) open(to, link);
}

function onKey(event) {
  if (gone() || event.key !== "Escape" || !reader.open || event.defaultPrevented) return;
  event.preventDefault();
  close();
}
