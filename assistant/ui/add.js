// Receives one page from the window that opened this one, shows whose it is, and adds it when the reader clicks.
const [named, from, add, nothing, became] = ["named", "from", "add", "nothing", "became"].map(id => document.getElementById(id));
const A_MOMENT = 700; // so that a click that was meant for what stood here before adds nothing
const PATIENCE = 5000;
let page = null, taken = false, armed = 0;

// The address as this browser spells it: others find other hosts in "https://a.example\@b.example". "" for a page that is
// not of the site that sent it, or of no site at all.
function addressOf(origin, data) {
  try {
    const url = new URL(data.url);
    const whole = typeof data.html === "string" && typeof data.title === "string";
    if (!whole || url.origin !== origin || !["http:", "https:"].includes(url.protocol)) return "";
    url.hash = url.username = url.password = "";
    return url.href;
  } catch {
    return "";
  }
}

function arm() {
  clearTimeout(armed);
  add.disabled = true;
  armed = setTimeout(() => { add.disabled = !page || taken; }, A_MOMENT);
}

addEventListener("message", ({ source, origin, data }) => {
  const url = !page && opener && source === opener && data ? addressOf(origin, data) : "";
  if (!url) return;
  page = { url, html: data.html };
  named.textContent = data.title;
  from.textContent = url;
  nothing.hidden = true;
  arm();
});
addEventListener("focus", arm); // it may have stood behind another window until now

add.addEventListener("click", async () => {
  taken = add.disabled = true;
  const answer = await fetch("added", {
    method: "POST", body: JSON.stringify(page), headers: { "Content-Type": "application/json" },
  });
  const text = await answer.text();
  if ((answer.headers.get("content-type") || "").startsWith("text/html")) became.innerHTML = text;
  else became.textContent = text;
  taken = add.disabled = answer.ok || answer.status === 422;
});

// What a phone shares is an address, often within some words.
const shared = new URLSearchParams(location.search);
const link = /https?:\/\/[^\s<>"]+/.exec(`${shared.get("url") ?? ""} ${shared.get("text") ?? ""}`)?.[0] ?? "";
if (link && !opener) {
  page = { address: link };
  named.textContent = shared.get("title") ?? "";
  from.textContent = link;
  arm();
}

if (opener) opener.postMessage("dateline", "*");
setTimeout(() => { nothing.hidden = page !== null; }, opener ? PATIENCE : 0);
