// In the page's document: the shell, until Gradio has drawn the page. What is typed and asked meanwhile is handed over.

// The question as the server is going to draw it, below whatever `drawn` holds. Also for chat.js.
function drawAsked(drawn, question) {
  const last = drawn.querySelector(".exchange")?.id.replace("exchange-", "");
  const asked = document.querySelector("#asked").content.firstElementChild.cloneNode(true);
  asked.id = `exchange-${Number(last ?? 0) + 1}`;
  asked.classList.add("asked");
  asked.querySelector(".question").textContent = question;
  drawn.append(asked);
  return asked;
}

(() => {
  const shell = document.querySelector("#shell");
  const live = shell.querySelector(".shell-live");
  const box = shell.querySelector("textarea");
  const named = new URLSearchParams(location.search).get("conversation");
  let ask = null; // what to click once the page hears
  let patient = Boolean(named); // a conversation is waited for: what is asked too soon would begin another one

  if (localStorage.getItem("dateline-conversations-hidden") === "yes") shell.dataset.talks = "shut";
  if (named) live.innerHTML = '<article class="exchange"></article>'; // the box stands where it is going to

  function stand(question, then) {
    if (ask || !question) return;
    ask = then;
    drawAsked(live, question).scrollIntoView({ block: "start" });
  }

  const submit = () => document.querySelector("#composer .submit-button")?.click();
  const submitExample = (words) =>
    [...document.querySelectorAll("#live [data-ask]")].find(({ textContent }) => textContent === words)?.click();
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    stand(box.value.trim(), submit);
  });
  shell.addEventListener("click", ({ target }) => {
    if (target.matches("label button")) stand(box.value.trim(), submit);
    const example = target.closest("[data-ask]");
    if (example) stand(example.textContent, () => submitExample(example.textContent));
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
    if (!drawn.childNodes.length && !named) drawn.innerHTML = live.innerHTML;
    if (focused) real?.focus({ preventScroll: true });
    real?.setSelectionRange(selectionStart, selectionEnd);
    ask?.();
  }

  // Heard before anything is painted.
  const arrival = new MutationObserver(() => {
    const drawn = document.querySelector("#live [data-ready]");
    if (!drawn || !document.querySelector("#composer textarea") || (patient && !drawn.childNodes.length)) return;
    arrival.disconnect();
    if (box.value) typed().then((real) => handOver(drawn, real));
    else handOver(drawn, document.querySelector("#composer textarea"));
  });
  arrival.observe(document.body, { childList: true, subtree: true, attributeFilter: ["data-ready"] });
  setTimeout(() => (patient = false), 10_000);
})();
