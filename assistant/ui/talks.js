// Runs once, on the list of conversations: the list itself, the address of the page, Edit, and the thumbs.

const page = element.closest("#pages").dataset;
const wide = matchMedia("(min-width: 1280px)");
const SHUT = "dateline-conversations-hidden";

// Beside the chat where there is room for it, and stays hidden there if the reader hid it; else a drawer over it.
if (wide.matches && localStorage.getItem(SHUT) === "yes") page.talks = "shut";

function show(open) {
  page.talks = open ? "open" : "shut";
  if (wide.matches) localStorage.setItem(SHUT, open ? "no" : "yes");
  (open ? element.querySelector("[data-anew]") : document.querySelector("#talks-show"))?.focus();
}

function putAway() {
  if (!wide.matches) page.talks = "shut";
}

// The page's address names the conversation: reload, bookmarks and the back button lead to it.
const named = () => new URLSearchParams(location.search).get("conversation") ?? "";

function name(id) {
  if (id === named()) return;
  const address = new URL(location);
  if (id) address.searchParams.set("conversation", id);
  else address.searchParams.delete("conversation");
  history.pushState(null, "", address);
}

// Every turn has a number, and every list says which turn it was made after: one that is late must not move the address
// back to where the reader has been. A server that was started anew knows of no turns.
let turns = 0;
const turn = (event, id) => trigger(event, { id, turn: ++turns });

// Rows are patched in place: a menu that stayed open would now be that of another conversation.
watch("value", () => {
  for (const menu of element.querySelectorAll("details[open]")) menu.removeAttribute("open");
  const list = element.querySelector("nav")?.dataset;
  if (list && !(list.turn && Number(list.turn) < turns)) name(list.current);
});

function onBack() {
  if (!element.isConnected) return removeEventListener("popstate", onBack);
  turn("turn", named());
}
addEventListener("popstate", onBack);

// A field in place of some text; Enter takes what stands in it, Escape leaves it as it was.
function write(before, field, take) {
  const done = (take_it) => {
    field.remove();
    before.hidden = false;
    if (take_it && field.value.trim()) take(field.value.trim());
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) done(true);
    else if (event.key === "Escape") done(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  before.hidden = true;
  before.after(field);
  field.focus();
}

const field = (tag, label, value) =>
  Object.assign(document.createElement(tag), { ariaLabel: label, value, className: "rewriting", maxLength: 4000 });

function onList(event) {
  const row = event.target.closest(".talk");
  const link = event.target.closest(".talk a");
  if (link && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
    event.preventDefault();
    putAway();
    name(row.dataset.id);
    return turn("turn", row.dataset.id);
  }
  const act = event.target.closest("button")?.dataset;
  if (!act) return;
  row?.querySelector("details").removeAttribute("open");
  if ("anew" in act) {
    putAway();
    turn("leave", "");
  }
  if ("hide" in act) show(false);
  if ("save" in act) trigger("save", { id: row.dataset.id });
  if ("ratings" in act) trigger("ratings", {});
  if ("restore" in act) trigger("restore", {});
  if ("remove" in act) {
    trigger("remove", { id: row.dataset.id });
    if (row.dataset.id === named()) turn("leave", "");
  }
  if ("rename" in act) {
    const title = row.querySelector("a");
    write(title, field("input", element.querySelector("nav").dataset.label, title.title), (text) => trigger("rename", { id: row.dataset.id, title: text }));
  }
}
element.addEventListener("click", onList);

function onClick(event) {
  if (!element.isConnected) return document.removeEventListener("click", onClick);
  if (event.target.closest("#talks-show")) return show(true);
  if (!event.target.closest("#talks")) putAway();
  const button = event.target.closest("#past button, #live button");
  if (button && "edit" in button.dataset) {
    const question = button.closest(".exchange").querySelector(".question");
    const words = question.textContent;
    return write(question, field("textarea", button.dataset.edit, words), (text) => trigger("edit", { question: text }));
  }
  if (button?.dataset.thumb) {
    const thumb = button.ariaPressed === "true" ? "" : button.dataset.thumb;
    trigger("rate", { exchange: Number(button.dataset.of), thumb, reason: "" });
  }
}
document.addEventListener("click", onClick);

function onReason(event) {
  if (!element.isConnected) return document.removeEventListener("submit", onReason);
  const form = event.target.closest("form.reason");
  if (!form) return;
  event.preventDefault();
  const reason = form.querySelector("input").value.trim();
  trigger("rate", { exchange: Number(form.dataset.of), thumb: form.dataset.given, reason });
}
document.addEventListener("submit", onReason);

function onKey(event) {
  if (!element.isConnected) return document.removeEventListener("keydown", onKey);
  if (event.key === "Escape" && page.talks === "open" && !wide.matches) show(false);
}
document.addEventListener("keydown", onKey);
