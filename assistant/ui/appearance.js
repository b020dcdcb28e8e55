// In the page's head, before anything is drawn: the reader's colours and size of text, so that no reload flashes.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");

  function kept(look) {
    try {
      return localStorage.getItem(`dateline-${look}`);
    } catch {
      return null; // a browser that keeps nothing
    }
  }

  function dress() {
    const colours = kept("colours");
    const dark = colours === "dark" || (colours !== "light" && system.matches);
    root.classList.toggle("dark", dark);
    document.body?.classList.toggle("dark", dark);
    const text = kept("text");
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
