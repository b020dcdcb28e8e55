// Runs once, on the list of conversations: the list itself, the address of the page, Edit, and the thumbs.

const page = element.closest("#pages").dataset;
const wide = matchMedia("(min-width: 1280px)");
const SHUT = "dateline-conversations-hidden";

// Beside the chat where there is room for it, and stays hidden there if the reader hid it; else a drawer over it.
if (wide.matches && storage.get(SHUT) === "yes") page.talks = "shut";

function show(open) {
  page.talks = open ? "open" : "shut";
  if (wide.matches) storage.set(SHUT, open ? "no" : "yes");
  (open ? element.querySelector("[data-anew]") : document.querySelector("#talks-show"))?.focus();
}

function putAway() {
  if (!wide.matches) page.talks = "shut";
}

// Rows are patched in place: a menu that just stayed open would now be that of another conversation.
let menu = "";
element.addEventListener("toggle", ({ target }) => {
  const { id = "" } = target.closest(".talk")?.dataset ?? {};
  if (target.open) menu = id;
  else if (menu === id) menu = "";
}, true); // it does not bubble
watch("value", () => {
  for (const row of element.querySelectorAll(".talk")) row.querySelector("details").open = row.dataset.id === menu;
  mark();
});

// Which one is shown the page knows better than the list, which may come late.
function mark() {
  for (const row of element.querySelectorAll(".talk")) {
    const link = row.querySelector("a");
    if (row.dataset.id === dateline.shown.id) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

function onListed() {
  if (!element.isConnected) return document.removeEventListener("dateline-list", onListed);
  mark();
  if (!element.querySelector(".rewriting")) trigger("look", {}); // else when it is over
}
document.addEventListener("dateline-list", onListed);
trigger("look", {});

// A field in place of some text; Enter takes what stands in it, Escape leaves it as it was.
function write(before, field, take, over = () => {}) {
  const done = (take_it) => {
    if (take_it && field.value.trim() && take(field.value.trim()) === false) return; // what is written stays
    field.remove();
    before.hidden = false;
    over();
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
  if (field.matches("input")) field.select();
  return done;
}

const field = (tag, label, value) =>
  Object.assign(document.createElement(tag), { ariaLabel: label, value, className: "rewriting" });

// Any question can be put in other words and is asked again; what came after an earlier one is kept beside.
function edit(button) {
  const exchange = button.closest(".exchange");
  const question = exchange.querySelector(".question");
  const writing = field("textarea", button.dataset.edit, question.textContent);
  const number = Number(exchange.id.replace("exchange-", ""));
  const acts = document.querySelector("#editing").content.firstElementChild.cloneNode(true);
  acts.querySelector(".hint").hidden = number === dateline.shown.count;
  const over = () => {
    acts.remove();
    button.focus();
    dateline.redraw();
  };
  const done = write(question, writing, (text) => dateline.ask({ question: text, again: true, number }), over);
  writing.after(acts);
  acts.addEventListener("click", ({ target }) => {
    if (target.matches("[data-save]")) done(true);
    if (target.matches("[data-cancel]")) done(false);
  });
}

function onList(event) {
  const row = event.target.closest(".talk");
  const link = event.target.closest(".talk a");
  if (link && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
    event.preventDefault();
    putAway();
    return dateline.turn(row.dataset.id);
  }
  const act = event.target.closest("button")?.dataset;
  if (!act) return;
  row?.querySelector("details").removeAttribute("open");
  if ("anew" in act) {
    putAway();
    dateline.turn("");
  }
  if ("hide" in act) show(false);
  if ("restore" in act) trigger("restore", {});
  if ("remove" in act) {
    trigger("remove", { id: row.dataset.id });
    if (row.dataset.id === dateline.shown.id) dateline.turn("");
  }
  if ("rename" in act) {
    const title = row.querySelector("a");
    const { id } = row.dataset;
    const over = () => {
      title.focus();
      onListed();
    };
    write(title, field("input", element.querySelector("nav").dataset.label, title.title), (text) => trigger("rename", { id, title: text }), over);
  }
}
element.addEventListener("click", onList);

function onClick(event) {
  if (!element.isConnected) return document.removeEventListener("click", onClick);
  if (event.target.closest("#talks-show")) return show(true);
  if (event.target.closest("#anew")) return dateline.turn("");
  if (!event.target.closest("#talks")) putAway();
  const button = event.target.closest("#past button, #live button");
  if (button && "edit" in button.dataset) {
    return edit(button);
  }
  if (button?.dataset.thumb) {
    const thumb = button.ariaPressed === "true" ? "" : button.dataset.thumb;
    dateline.rate(Number(button.dataset.of), thumb, "");
  }
}
document.addEventListener("click", onClick);

function onReason(event) {
  if (!element.isConnected) return document.removeEventListener("submit", onReason);
  const form = event.target.closest("form.reason");
  if (!form) return;
  event.preventDefault();
  const reason = form.querySelector("input").value.trim();
  dateline.rate(Number(form.dataset.of), form.dataset.given, reason);
}
document.addEventListener("submit", onReason);

function onKey(event) {
  if (!element.isConnected) return document.removeEventListener("keydown", onKey);
  if (event.key === "Escape" && page.talks === "open" && !wide.matches) show(false);
}
document.addEventListener("keydown", onKey);
