// What was typed here and not sent is shown; the page loads itself as soon as Dateline answers.
const id = new URLSearchParams(location.search).get("conversation") ?? "";
const words = () => {
  try {
    const asked = JSON.parse(storage.get(`dateline-asked-${id}`));
    return asked?.question || storage.get(`dateline-draft-${id}`, true) || storage.get(`dateline-draft-${id}`) || "";
  } catch {
    return "";
  }
};
document.querySelector("blockquote").textContent = words();
document.querySelector("#kept").hidden = !words();

async function look() {
  if (!navigator.onLine) return;
  const answer = await fetch("talk?id=", { cache: "no-store" }).catch(() => null);
  if (answer?.ok) location.reload();
}
document.querySelector("button").addEventListener("click", () => location.reload());
addEventListener("online", look);
setInterval(look, 3000);
