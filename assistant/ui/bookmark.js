// Runs once, on the link that becomes a bookmark: puts together what that does on another site's page.
function send(here) {
  const dateline = open(`${here}add`, "_blank", "popup,width=640,height=480");
  addEventListener("message", function ready({ source, origin }) {
    if (source !== dateline || origin !== new URL(here).origin) return;
    removeEventListener("message", ready);
    const seen = document.documentElement.cloneNode(true);
    seen.querySelectorAll("script:not([type*=json]), style, svg, iframe, canvas, noscript").forEach(each => each.remove());
    const page = { url: location.href, title: document.title, html: `<!doctype html>${seen.outerHTML}` };
    dateline.postMessage(page, origin);
  });
}

const bookmark = element.querySelector("[data-bookmark]");
const here = new URL(".", location.href).href;
bookmark.href = `javascript:${encodeURIComponent(`(${send})(${JSON.stringify(here)})`)}`;
bookmark.addEventListener("click", event => event.preventDefault()); // here it is only to be dragged away
