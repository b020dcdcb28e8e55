// Runs once on whatever shows articles, before its own script: words are selected, quoted, marked and noted on a sheet.
// Offsets are counted in characters as Python counts them, not in halves of a surrogate pair.

const SIZES = 8;
const size = () => Number(storage.get("dateline-reading-size")) || 0;
const setSize = () => document.documentElement.style.setProperty("--reading-step", String(size()));
setSize();

const length = (text) => [...text].length;

// The stretch of the article that is selected on a sheet; nothing where none is.
function selected(sheet) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const body = sheet.querySelector(".text");
  if (!body || !range.intersectsNode(body)) return null;
  const stretches = [...body.querySelectorAll("[data-at]")].flatMap((run) => {
    const text = run.firstChild;
    if (!text || !range.intersectsNode(text)) return [];
    const from = text === range.startContainer ? range.startOffset : 0;
    const to = text === range.endContainer ? range.endOffset : text.length;
    const at = Number(run.dataset.at) + length(text.data.slice(0, from));
    const words = text.data.slice(from, to);
    return words ? [{ start: at, end: at + length(words), words }] : [];
  });
  if (!stretches.length) return null;
  return { start: stretches[0].start, end: stretches.at(-1).end, words: stretches.map((each) => each.words).join(" ") };
}

// Without a selection it is the words that are cited.
function cited(sheet) {
  const first = sheet.querySelector("mark.now") ?? sheet.querySelector("mark[data-start]");
  if (!first) return null;
  const { start, end } = first.dataset;
  const parts = [...sheet.querySelectorAll(`mark[data-start="${start}"][data-end="${end}"]`)];
  return { start: Number(start), end: Number(end), words: parts.map((part) => part.textContent).join("") };
}

// A touch on a button takes the selection away before it is heard.
let held = null;
function hold() {
  if (!element.isConnected) return document.removeEventListener("selectionchange", hold);
  for (const sheet of element.querySelectorAll(".sheet")) {
    const words = selected(sheet);
    if (words) held = { sheet, words };
  }
}
document.addEventListener("selectionchange", hold);
element.addEventListener("pointerdown", ({ target }) => {
  if (target.closest(".sheet .text")) held = null;
});
element.addEventListener("mousedown", (event) => {
  if (event.target.closest(".sheet-tools button")) event.preventDefault();
});

const chosen = (sheet) => selected(sheet) ?? (held?.sheet === sheet ? held.words : null) ?? cited(sheet);
const say = (sheet, words) => (sheet.querySelector(".sheet-told").textContent = words);

async function annotate(sheet, asked, done = "") {
  const { article, version } = sheet.dataset;
  const spans = [...sheet.querySelectorAll("mark[data-start]")].map(({ dataset }) => `${dataset.start} ${dataset.end}`);
  const now = sheet.querySelector("mark.now")?.dataset.start;
  const cites = [...new Set(spans)].slice(0, 200).map((span) => span.split(" ").map(Number));
  const html = await server.annotate({ article, version: Number(version), cited: cites, ...asked }).catch(() => "");
  if (sheet.dataset.article !== article || sheet.dataset.version !== version) return true; // another one is open by now
  const came = document.createElement("template");
  came.innerHTML = html; // drawn by the server, as everything on this page
  const fresh = came.content.querySelector(".sheet");
  held = null;
  if (!fresh) {
    say(sheet, came.content.textContent || dateline.told.offline);
    return false;
  }
  getSelection().removeAllRanges();
  for (const mark of fresh.querySelectorAll("mark[data-start]")) mark.classList.toggle("now", mark.dataset.start === now);
  // Not its frame: who listens to it, and what is focused in it, stays.
  for (const part of [".text", ".own-marks"]) {
    const [old, other] = [sheet.querySelector(part), fresh.querySelector(part)];
    if (old && other) old.replaceWith(other);
    else if (other) sheet.append(other);
    else old?.remove();
  }
  say(sheet, done);
  return true;
}

function writeNote(sheet, about, text = "") {
  const form = sheet.querySelector(".note-form");
  form.hidden = false;
  form.about = about;
  form.querySelector("textarea").value = text;
  form.querySelector("textarea").focus();
}

function act(button) {
  const sheet = button.closest(".sheet");
  const words = chosen(sheet);
  if (!words) return say(sheet, sheet.querySelector(".sheet-told").dataset.none);
  const { act: wanted, copied, done } = button.dataset;
  if (wanted === "quote") {
    const quotation = sheet.dataset.quotation.replace("{words}", () => words.words.trim().replace(/\s+/g, " "));
    return dateline.copied(quotation, element).then(() => say(sheet, copied));
  }
  if (wanted === "mark") return annotate(sheet, { act: "mark", ...words }, done);
  return writeNote(sheet, { act: "mark", ...words });
}

function onSheet({ target }) {
  const button = target.closest("button");
  const sheet = target.closest(".sheet");
  if (!sheet) return;
  const row = target.closest("[data-mark]");
  if (!button) return row?.matches(".own") && inList(sheet, row.dataset.mark)?.scrollIntoView({ block: "nearest" });
  const data = button.dataset;
  if ("act" in data) return act(button);
  if ("size" in data) {
    storage.set("dateline-reading-size", String(Math.max(-2, Math.min(SIZES, size() + Number(data.size)))));
    return setSize();
  }
  if ("cancel" in data) return closeNote(sheet);
  if ("jump" in data) return sheet.querySelector(`.own[data-mark="${row.dataset.mark}"]`)?.scrollIntoView({ block: "center" });
  if ("edit" in data) return writeNote(sheet, { act: "note", key: Number(row.dataset.mark) }, row.dataset.note);
  if ("unmark" in data) unmark(sheet, Number(row.dataset.mark));
}

async function unmark(sheet, key) {
  await annotate(sheet, { act: "unmark", key });
  if (document.activeElement === document.body) sheet.querySelector('.own-marks button, [data-act="note"]')?.focus();
}

const inList = (sheet, key) => sheet.querySelector(`.own-marks [data-mark="${key}"]`);

function closeNote(sheet) {
  sheet.querySelector(".note-form").hidden = true;
  sheet.querySelector('[data-act="note"]').focus();
}

element.addEventListener("click", onSheet);
element.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches(".note-form")) return;
  event.preventDefault();
  const sheet = form.closest(".sheet");
  if (await annotate(sheet, { ...form.about, note: form.querySelector("textarea").value })) closeNote(sheet);
});
