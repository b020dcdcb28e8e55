// Receives one page from the window that opened this one, shows whose it is, and adds it when the reader clicks.
const [named, from, add, nothing, became] = ["named", "from", "add", "nothing", "became"].map(id => document.getElementById(id));
const A_MOMENT = 700; // so that a click that was meant for what stood here before adds nothing
const PATIENCE = 5000;
let page = null;

function isPageOf(origin, data) {
  try {
    return typeof data.html === "string" && typeof data.title === "string" && new URL(data.url).origin === origin;
  } catch {
    return false;
  }
}

addEventListener("message", ({ source, origin, data }) => {
  if (page || !opener || source !== opener || !data || !isPageOf(origin, data)) return;
  page = { url: data.url.split("#")[0], html: data.html };
  named.textContent = data.title;
  from.textContent = page.url;
  nothing.hidden = true;
  setTimeout(() => { add.disabled = false; }, A_MOMENT);
});

add.addEventListener("click", async () => {
  add.disabled = true;
  const answer = await fetch("added", {
    method: "POST", body: JSON.stringify(page), headers: { "Content-Type": "application/json" },
  });
  const text = await answer.text();
  if ((answer.headers.get("content-type") || "").startsWith("text/html")) became.innerHTML = text;
  else became.textContent = text;
  add.disabled = answer.ok || answer.status === 422;
});

if (opener) opener.postMessage("dateline", "*");
setTimeout(() => { nothing.hidden = page !== null; }, opener ? PATIENCE : 0);
