// Before Gradio's scripts: what is asked, and what stands on the page of it. The server is asked directly, not by way of
// Gradio's events, which are lost with their connection and arrive in any order. What is typed is kept in the browser
// until the server has it; so nothing is lost when the connection, the server or the tab goes.

const dateline = (() => {
  const told = document.querySelector("#told").dataset;
  const most = Number(told.most);
  const warned = most - 200;
  const DAY = 86_400_000;
  const LAST = 100_000; // behind all that there are
  const tabs = new BroadcastChannel("dateline");
  const box = () => document.querySelector(":is(#composer, #shell) textarea");

  // What the page shows. `past` and `live` are HTML that the server has drawn.
  const unknown = (id) => ({ id, count: 0, busy: false, title: "", tag: "", past: "", live: null, gone: false });
  let shown = unknown(new URLSearchParams(location.search).get("conversation") ?? "");
  let page = null; // what the page's own script can do, once it runs
  let settings;
  let fields = ["", "", "", "", ""];
  let limits = {};
  // Of this tab, also after a reload: Gradio loads the page anew where a server that was started anew does not know it.
  function remembered(key) {
    const all = () => (storage.get(key, true) ?? "").split("\n").filter(Boolean);
    const keep = (each) => storage.set(key, each.slice(-64).join("\n"), true);
    return {
      has: (each) => all().includes(each),
      add: (each) => keep([...all().filter((other) => other !== each), each]),
      delete: (each) => keep(all().filter((other) => other !== each)),
    };
  }
  const own = remembered("dateline-own"); // conversations in which it has asked what is being answered now
  const retried = remembered("dateline-retried");

  // --- What is kept in the browser. A tab keeps its own draft; a conversation's last one is there for other tabs too.

  const draftKey = (id) => `dateline-draft-${id}`;
  const askedKey = (id) => `dateline-asked-${id}`;

  function keepDraft(words, id = shown.id) {
    storage.set(draftKey(id), words, true);
    storage.set(draftKey(id), words);
  }

  const draft = (id) => storage.get(draftKey(id), true) ?? storage.get(draftKey(id)) ?? "";

  // Questions that the server has not confirmed, by conversation.
  function waiting(id) {
    try {
      return JSON.parse(storage.get(askedKey(id)));
    } catch {
      return null;
    }
  }

  const newId = () =>
    btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(8)))).replace(/[+/]/g, "-").replace(/=/g, "");

  // --- The connection.

  let offline = false;
  let wait = 500;

  async function call(path, sent) {
    const given = sent && { method: "POST", body: JSON.stringify(sent), headers: { "Content-Type": "application/json" } };
    try {
      const answer = await fetched(path, { ...given, signal: AbortSignal.timeout(30_000) });
      if ([502, 503, 504].includes(answer.status)) throw new Error("a proxy without its server");
      const told = await answer.json();
      reached();
      return told;
    } catch {
      unreachable();
      return null;
    }
  }

  function unreachable() {
    if (offline) return;
    offline = true;
    banner();
    follow(); // until it is there again
  }

  function reached() {
    wait = 500;
    if (!offline) return;
    offline = false;
    banner();
    page?.list();
  }

  // Of Gradio too: with an event that cannot be sent it says so in a box of its own, goes dead, and loads the page anew.
  // Here it waits.
  const fetched = window.fetch;
  window.fetch = async (asked, given) => {
    const { pathname } = new URL(asked.url ?? asked, document.baseURI);
    if (!/\/gradio_api\/queue\/(?:join|data)$/.test(pathname)) return fetched(asked, given);
    for (;;) {
      try {
        const answer = await fetched(asked, given);
        if (answer.status !== 502 && answer.status !== 504) return answer; // 503 is a full queue
      } catch (error) {
        if (given?.signal?.aborted) throw error;
      }
      unreachable();
      await pause();
    }
  };

  // What was under way when the connection went it still tells, and then loads the page anew.
  new MutationObserver((changes) => {
    for (const each of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
      const box = each.querySelector?.(".toast-body") ?? each.closest?.(".toast-body");
      if (!box?.textContent.includes("Connection to the server was lost")) continue;
      box.hidden = true;
      box.style.display = "none";
      keepDraft(document.querySelector("#composer textarea")?.value ?? "");
      unreachable();
    }
  }).observe(document.body, { childList: true, subtree: true });

  function banner() {
    const strip = document.querySelector("#offline");
    strip.hidden = !offline;
    strip.querySelector("span").textContent = waiting(shown.id) ? told.waiting : told.offline;
    strip.querySelector("button").hidden = !waiting(shown.id);
  }

  // Until it is worth trying again.
  function pause() {
    return new Promise((over) => {
      const timer = setTimeout(over, navigator.onLine ? wait : 5000);
      wait = Math.min(wait * 1.5, 5000);
      addEventListener("online", () => over(clearTimeout(timer)), { once: true });
    });
  }

  // --- What the server says of the conversation. One follows at a time; what comes for another is left.

  let following = 0;

  async function follow() {
    const mine = ++following;
    const { id } = shown;
    let next = false;
    while (mine === following) {
      if (document.hidden && shown.busy) return; // it goes on when somebody looks
      const seen = { id, seen: shown.tag, past: shown.live === null ? "" : shown.count, ...(next && { next: 1 }) };
      const state = await call(`talk?${new URLSearchParams(seen)}`);
      if (mine !== following) return;
      if (!state) {
        await pause();
        continue;
      }
      take(state);
      if (state.problem && shown.busy) {
        await pause();
        continue;
      }
      if (state.gone || state.problem) return;
      if (state.cut && own.has(id)) return askAgain(state);
      if (!state.busy) own.delete(id);
      if (!state.busy && (next || !state.onward)) return;
      next = !state.busy;
    }
  }

  // Its answer ended with the server that wrote it. Once: the question may be what ended it.
  function askAgain(state) {
    if (waiting(state.id)) return; // it is on its way again
    own.delete(state.id);
    const which = `${state.id} ${state.count}`;
    if (retried.has(which)) return;
    retried.add(which);
    ask({ again: true, number: state.count });
  }

  function take(state) {
    if (state.problem) return note(state.problem);
    if (state.id !== shown.id) return;
    const same = state.tag === shown.tag && shown.live !== null;
    const over = shown.busy && !state.busy;
    const { id, count, busy, title = "", tag, live, past = shown.past, gone = false } = state;
    if (gone && waiting(id)) return; // it is about to begin
    shown = { id, count, busy, title, tag, live, past, gone };
    if (gone) {
      note(told.gone);
      name("", true);
      Object.assign(shown, { id: "", gone: false });
    }
    if (!same) page?.draw(shown);
    if (over || gone) tellTabs();
    document.dispatchEvent(new CustomEvent("dateline-shown", { detail: shown }));
  }

  function tellTabs() {
    tabs.postMessage({ id: shown.id });
    list();
  }

  function list() {
    if (!offline) page?.list();
  }

  tabs.addEventListener("message", ({ data }) => {
    if (data.id === shown.id) follow();
    list();
  });
  document.addEventListener("visibilitychange", () => !document.hidden && follow());
  addEventListener("online", follow);
  addEventListener("offline", unreachable);
  addEventListener("pageshow", ({ persisted }) => persisted && follow());

  // --- Asking.

  // `again` in place of the question with that number, or of the last one.
  function ask({ question = "", again = false, everything = false, number = 0 }) {
    const words = question.trim();
    if (!words && !again) return false;
    if (length(words) > most) return false; // it is told beside the box
    if (shown.busy || waiting(shown.id)) {
      note(own.has(shown.id) || waiting(shown.id) ? told.still : told.elsewhere);
      return false;
    }
    if (again && !shown.count) return false;
    const id = shown.id || newId();
    const there = id === shown.id && shown.live === null ? LAST : shown.count + 1;
    const place = number || (again ? shown.count : there);
    const asked = { id, key: newId(), number: place, question: words, again, everything, fields: limited(), at: Date.now() };
    storage.set(askedKey(id), JSON.stringify(asked));
    if (!shown.id) {
      keepDraft("", "");
      following++; // what is on its way is of no conversation
      shown = { ...unknown(id), live: shown.live };
      name(id);
    }
    note("");
    own.add(id);
    banner();
    if (!again) page?.stand(words);
    send(id);
    return true;
  }

  const sending = new Set();

  // Until the server has said what becomes of it. Another tab may send it too: it is asked once.
  async function send(id) {
    if (sending.has(id)) return;
    sending.add(id);
    let asked;
    while ((asked = waiting(id))) {
      if (Date.now() - asked.at > DAY) giveBack(asked);
      else {
        const answer = await call("talk/ask", { ...asked, settings: await chosen() });
        if (answer) settle(asked, answer);
        else await pause();
      }
    }
    sending.delete(id);
  }

  function settle(asked, answer) {
    if (waiting(asked.id)?.key === asked.key) storage.set(askedKey(asked.id), "");
    banner();
    if (answer.taken) {
      if (draft(asked.id).trim() === asked.question) keepDraft("", asked.id);
      if (asked.id !== shown.id) return list();
      if (answer.aside?.[0]) note(told.aside, { id: answer.aside[0], title: answer.aside[1] });
    } else {
      own.delete(asked.id);
      giveBack(asked);
      if (asked.id === shown.id) note(answer.busy ? told.elsewhere : (answer.problem ?? ""));
    }
    if (answer.limits && asked.id === shown.id) {
      limits = answer.limits;
      page?.limit();
    }
    if (!answer.taken) page?.taken();
    if (asked.id === shown.id && answer.count) take(answer);
    else if (asked.id === shown.id && !answer.taken && !shown.count) leave();
    tellTabs();
    follow();
  }

  // A question that was not taken begins no conversation.
  function leave() {
    const words = draft(shown.id);
    keepDraft("");
    shown = { ...unknown(""), live: shown.live };
    keepDraft(words);
    name("", true);
  }

  // Into the box, above what else stands in it.
  function giveBack({ id, question }) {
    storage.set(askedKey(id), "");
    if (!question) return; // asked again as it was
    const typed = (id === shown.id ? (box()?.value ?? "") : draft(id)).trim();
    if (typed.includes(question)) return;
    const both = typed ? `${question}\n\n${typed}` : question;
    if (id === shown.id) fill(both);
    else keepDraft(both, id);
  }

  function takeBack() {
    const asked = waiting(shown.id);
    if (asked) giveBack(asked);
    own.delete(shown.id);
    page?.taken();
    banner();
    if (!shown.count) leave();
  }

  function fill(words) {
    const field = box();
    if (!field) return;
    field.value = words;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async function stop() {
    const { id } = shown;
    own.delete(id);
    const state = await call("talk/stop", { id });
    if (state) take(state);
    follow();
  }

  async function rate(exchange, thumb, reason) {
    const state = await call("talk/rate", { id: shown.id, exchange, thumb: thumb || null, reason });
    if (state?.problem) note(state.problem);
    if (state) take(state);
  }

  // --- Turning to another conversation. The page's address names it.

  function name(id, replace = false) {
    const address = new URL(location);
    address.search = id ? `?${new URLSearchParams({ conversation: id })}` : "";
    address.hash = "";
    if (address.href === location.href) return;
    history[replace ? "replaceState" : "pushState"](null, "", address);
  }

  function turn(id, named = false) {
    keepDraft(box()?.value ?? "");
    if (id === shown.id && shown.live !== null && !shown.gone) {
      if (!named) name(id);
      return;
    }
    shown = unknown(id);
    if (!named) name(id);
    note("");
    limits = JSON.parse(told.limits);
    page?.limit();
    page?.wait(id);
    fill(draft(id));
    banner();
    list();
    if (waiting(id)) send(id);
    follow();
  }

  // --- Beside the box: how long the question is, and what became of it.

  const length = (words) => [...words].length;

  function count() {
    const strip = document.querySelector("#length");
    const field = box();
    if (!field || !strip) return;
    const n = length(field.value.trim());
    strip.hidden = n < warned;
    strip.textContent = n > most ? told.long.replace("{n}", n) : told.length.replace("{n}", n);
    strip.classList.toggle("over", n > most);
    field.ariaInvalid = n > most ? "true" : null;
  }

  function note(words, link) {
    const strip = document.querySelector("#note");
    if (!strip) return;
    strip.replaceChildren(...(link ? linked(words, link) : [words]));
    strip.hidden = !words;
  }

  function linked(words, { id, title }) {
    const [before, after] = words.split("{title}");
    const to = Object.assign(document.createElement("a"), { href: `?conversation=${encodeURIComponent(id)}`, textContent: title });
    to.dataset.conversation = id;
    return [before, to, after];
  }

  document.addEventListener("input", ({ target }) => {
    if (target !== box()) return;
    keepDraft(target.value);
    count();
  });
  addEventListener("pagehide", () => keepDraft(box()?.value ?? ""));
  document.addEventListener("click", (event) => {
    const to = event.target.closest("a[data-conversation]");
    if (event.target.closest("#offline button")) takeBack();
    if (!to || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    turn(to.dataset.conversation);
  });

  // Gradio's own handling of these would send an event.
  function onAsk(event) {
    const field = event.target.closest?.("#composer label")?.querySelector("textarea");
    if (!field || field !== box()) return;
    const entered = event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target === field;
    const clicked = event.type === "click" && event.target.closest("button");
    if (!entered && !clicked) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (clicked && clicked.matches(".stop-button")) return void stop();
    if (ask({ question: field.value })) fill("");
  }
  document.addEventListener("keydown", onAsk, true);
  document.addEventListener("click", onAsk, true);

  // What the fields hold: those that are on the page, else what they last held.
  function limited() {
    const typed = [...document.querySelectorAll("#limits :is(input:not(.calendar), textarea)")];
    const drawn = typed.filter((each) => !each.closest("#limits-among")).map(({ value }) => value);
    const among = fields.at(-1); // its box shows a name for it
    return drawn.length === fields.length - 1 ? [...drawn, among] : fields;
  }

  let choose;
  const begun = new Promise((known) => {
    choose = known;
    setTimeout(known, 5000);
  });
  const chosen = () => begun.then(() => settings);

  const start = () => {
    for (const key of storage.keys()) {
      if (key.startsWith(askedKey(""))) send(key.slice(askedKey("").length));
    }
  };

  const words = draft(shown.id);
  if (words && box() && !box().value) fill(words);
  follow();
  start();

  return {
    get shown() {
      return shown;
    },
    ask,
    turn,
    rate,
    follow,
    told,
    tellTabs,
    redraw: () => shown.live !== null && page?.draw(shown),
    waiting: () => waiting(shown.id),
    // From here on the page's script draws.
    begin(drawing) {
      page = drawing;
      if (shown.live !== null) page.draw(shown);
      else if (shown.id) page.wait(shown.id);
      const asked = waiting(shown.id);
      if (asked && !asked.again && asked.number > shown.count) page.stand(asked.question);
      count();
    },
    // For Gradio's components.
    named: () => {
      const busy = shown.busy;
      const buttons = { submit_btn: busy ? false : told.ask, stop_btn: busy ? told.stop : false };
      return [shown.id, { __type__: "update", ...buttons }];
    },
    limited: () => {
      const { since, until, outlet, language, among, problem, panel } = limits;
      return [since, until, outlet, language, among, problem, panel && { __type__: "update", ...panel }];
    },
    setBy(held) {
      settings = held;
      choose();
    },
    keepTo: (held) => (fields = held),
  };
})();
