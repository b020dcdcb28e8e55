// What the page's address names: a tab, a conversation and an answer in it, an article with its version and a passage, a
// story. Any other parameter is left. Back, forward, reload and bookmarks lead there, and the page's title says what it is.

(() => {
  const TABS = ["chat", "library", "feeds", "stories", "settings"];
  const KNOWN = { library: ["article", "version", "at"], stories: ["story"] };
  const named = Object.fromEntries(TABS.map((tab) => [tab, { address: "", title: "" }])); // within each tab
  let tab = "";
  let open = null; // what Gradio opens, once it can
  let settling = false; // what comes next may spell the address otherwise
  let awaited = true; // until the page is where its address says, the address stays

  function read() {
    const given = new URLSearchParams(location.search);
    const found = TABS.find((each) => each === given.get("tab"));
    const within = Object.entries(KNOWN).find(([, names]) => given.has(names[0]))?.[0];
    const to = within ?? found ?? "chat";
    const kept = new URLSearchParams((KNOWN[to] ?? []).filter((each) => given.get(each)).map((each) => [each, given.get(each)]));
    return { to, within: kept.toString(), conversation: given.get("conversation") ?? "" };
  }

  function address() {
    const { shown } = dateline;
    if (tab === "chat") return shown.id ? `?${new URLSearchParams({ conversation: shown.id })}` : "";
    return `?${named[tab].address || `tab=${tab}`}`;
  }

  function write() {
    document.title = [titled(), "Dateline"].filter(Boolean).join(" - ");
    if (!tab || awaited || address() === location.search) return;
    history[settling ? "replaceState" : "pushState"](null, "", new URL(`./${address()}`, document.baseURI));
  }

  function titled() {
    if (tab === "chat" || !tab) return dateline.shown.title;
    return named[tab].title || document.querySelector("#told").dataset[tab];
  }

  // The page goes where the address says.
  function go() {
    const { to, within, conversation } = read();
    if (to === "chat") dateline.turn(conversation, true);
    if (!open) return;
    awaited = true;
    const other = to !== (tab || "chat");
    tab = to;
    if (to === "stories" && within) open("held", {});
    if (other) open("tab", {});
    if (within && within !== named[to].address) {
      const [version, [start, end]] = numbers(within);
      const id = new URLSearchParams(within).get(KNOWN[to][0]);
      open(to === "stories" ? "story" : "article", { article: id, version, start, end });
    } else if (!within && named[to].address) open(to === "stories" ? "front" : "shut", {});
    named[to].address = within;
    settling = Boolean(within);
    awaited = false;
    write();
  }

  function numbers(within) {
    const given = new URLSearchParams(within);
    const at = /^(\d{1,9})-(\d{1,9})$/.exec(given.get("at") ?? "");
    return [/^\d{1,6}$/.test(given.get("version") ?? "") ? Number(given.get("version")) : 0, at ? [Number(at[1]), Number(at[2])] : [0, 0]];
  }

  let answer = /^#exchange-\d{1,5}$/.test(location.hash) ? location.hash.slice(1) : "";
  document.addEventListener("dateline-shown", write);

  addEventListener("popstate", go);

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-link]");
    if (!button) return;
    const link = new URL(button.dataset.link ? `./?${button.dataset.link}` : location.href, document.baseURI);
    if (button.dataset.answer) Object.assign(link, { search: address(), hash: `exchange-${button.dataset.answer}` });
    dateline.copy(button, link.href);
  });

  Object.assign(dateline, {
    // A tab was opened.
    tab(to) {
      if (to === "chat") dateline.follow(); // the library may have changed since what it shows was drawn
      if (!open || awaited) return;
      tab = to;
      settling = false;
      write();
    },
    // What stands in a tab now: `address` is "" for none.
    stands(within, address, title) {
      if (!address && settling) return; // it is not drawn yet
      const before = named[within].address;
      Object.assign(named[within], { address, title });
      if (before !== address || within === tab) write();
      settling = false;
    },
    // The answer that the address names, by its id; "" for none, and once it was told.
    answer() {
      const named = answer;
      answer = "";
      return named;
    },
    loading: () => document.querySelector("#loading").innerHTML,
    selected: () => ({ __type__: "update", selected: tab }),
    // From here on Gradio opens what the address names.
    opens(how) {
      open = how;
      go();
    },
  });

  if ("serviceWorker" in navigator) {
    addEventListener("load", () => navigator.serviceWorker.register("worker.js").catch(() => {}));
  }
})();
