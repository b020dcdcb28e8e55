// In the page's head, before anything is drawn: what the browser keeps, and with it the reader's colours and size of text,
// so that no reload flashes.

// By key, for every tab or for this one. Where a browser keeps nothing, or has no more room: until the page is left.
const storage = (() => {
  class Memory extends Map {
    getItem = (key) => this.get(key) ?? null;
    setItem = (key, value) => void this.set(key, String(value));
    removeItem = (key) => void this.delete(key);
    key = (nth) => [...this.keys()][nth] ?? null;
    get length() {
      return this.size;
    }
  }
  // Gradio's scripts name them too, and end where that is an error.
  for (const name of ["localStorage", "sessionStorage"]) {
    try {
      window[name].length;
    } catch {
      Object.defineProperty(window, name, { value: new Memory() });
    }
  }
  const full = { localStorage: new Memory(), sessionStorage: new Memory() };
  const named = (tab) => (tab ? "sessionStorage" : "localStorage");
  return {
    get: (key, tab = false) => full[named(tab)].getItem(key) ?? window[named(tab)].getItem(key),
    set(key, value, tab = false) {
      full[named(tab)].removeItem(key);
      try {
        if (value) window[named(tab)].setItem(key, value);
        else window[named(tab)].removeItem(key);
      } catch {
        full[named(tab)].setItem(key, value);
      }
    },
    // Of those for every tab.
    keys: () => [full.localStorage, localStorage].flatMap((each) => Array.from(each, (_, nth) => each.key(nth))),
  };
})();

(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");

  function dress() {
    const colours = storage.get("dateline-colours");
    const dark = colours === "dark" || (colours !== "light" && system.matches);
    root.classList.toggle("dark", dark);
    document.body?.classList.toggle("dark", dark);
    const text = storage.get("dateline-text");
    if (text === "small" || text === "large") root.dataset.text = text;
    else delete root.dataset.text;
  }

  // Gradio asks the browser which language its own words are to be in; the server has asked the reader.
  Object.defineProperty(navigator, "language", { value: root.lang });

  // The server writes times as they are where the reader is.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) document.cookie = `dateline-zone=${zone}; max-age=31536000; samesite=lax`;

  dress();
  system.addEventListener("change", dress);
  addEventListener("storage", dress);
  // Gradio puts the system's colours on the body when it starts; observers are heard before anything is painted.
  const undone = new MutationObserver(dress);
  new MutationObserver((_, arrival) => {
    if (!document.body) return;
    arrival.disconnect();
    undone.observe(document.body, { attributeFilter: ["class"] });
    dress();
  }).observe(root, { childList: true });
})();
