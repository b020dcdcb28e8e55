// In the page's document: the shell, until Gradio has drawn the page. What is typed and asked meanwhile is handed over.

// The question as the server is going to draw it, below whatever `drawn` holds. Also for chat.js.
function drawAsked(drawn, question) {
  const last = drawn.querySelector(".exchange")?.id.replace("exchange-", "");
  const asked = document.querySelector("#asked").content.firstElementChild.cloneNode(true);
  asked.id = `exchange-${Number(last ?? 0) + 1}`;
  asked.classList.add("asked");
  const words = asked.querySelector(".question");
  words.textContent = question;
  words.classList.toggle("long", question.length > 300);
  drawn.append(asked);
  return asked;
}

(() => {
  const shell = document.querySelector("#shell");
  const live = shell.querySelector(".shell-live");
  const box = shell.querySelector("textarea");

  // Not by way of the shell as a sibling: that it is gone Chromium forgets when others are moved in the same moment.
  document.documentElement.dataset.opening = "";
  if (storage.get("dateline-conversations-hidden") === "yes") shell.dataset.talks = "shut";

  let asked = false;
  function ask(question) {
    if (document.readyState === "loading") return addEventListener("DOMContentLoaded", () => ask(question), { once: true });
    if (asked || !(asked = dateline.ask({ question }))) return;
    if (box.value.trim() === question.trim()) box.value = "";
    const standing = drawAsked(live, question.trim());
    standing.removeAttribute("id"); // which the page's own is going to have while this still stands
    standing.scrollIntoView({ block: "start" });
  }

  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    ask(box.value);
  });
  shell.addEventListener("click", ({ target }) => {
    if (target.matches("label button")) ask(box.value);
    const example = target.closest("[data-ask]");
    if (example) ask(example.textContent);
  });

  // Gradio goes on drawing for a moment, and forgets what is put into a field meanwhile.
  async function typed() {
    for (let tries = 0; tries < 40; tries++) {
      const real = document.querySelector("#composer textarea");
      if (real?.value === box.value) return real;
      if (real) Object.assign(real, { value: box.value }).dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  function handOver(drawn, real) {
    const { selectionStart, selectionEnd } = box;
    const focused = document.activeElement === box;
    live.querySelector(".asked")?.remove();
    shell.remove();
    delete document.documentElement.dataset.opening;
    if (!drawn.childNodes.length) drawn.innerHTML = live.innerHTML;
    document.querySelector("#composer").prepend(document.querySelector("#composing"));
    if (focused) real?.focus({ preventScroll: true });
    real?.setSelectionRange(selectionStart, selectionEnd);
  }

  // Heard before anything is painted.
  const arrival = new MutationObserver(() => {
    const drawn = document.querySelector("#live [data-ready]");
    if (!drawn || !document.querySelector("#composer textarea")) return;
    arrival.disconnect();
    if (box.value) typed().then((real) => handOver(drawn, real));
    else handOver(drawn, document.querySelector("#composer textarea"));
  });
  arrival.observe(document.body, { childList: true, subtree: true, attributeFilter: ["data-ready"] });
})();
