
// Beside each field for a day stands the browser's own calendar: what is chosen there is written into the field, which
// takes words too. Gradio draws fields anew as it pleases, so they are looked for whenever the page changes.
let looking = 0;
function calendars() {
  looking = 0;
  for (const field of document.querySelectorAll(".with-calendar")) {
    const box = field.querySelector("input:not(.calendar), textarea");
    if (!box || field.querySelector(".calendar")) continue;
    const calendar = Object.assign(document.createElement("input"), { type: "date", className: "calendar" });
    calendar.ariaLabel = document.querySelector("dialog.reader").dataset.calendar;
    calendar.addEventListener("change", () => {
      if (!calendar.value) return;
      box.value = calendar.value;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    });
    calendar.addEventListener("input", (event) => event.stopPropagation());
    calendar.addEventListener("focus", () => (calendar.value = /^\d{4}-\d\d-\d\d$/.test(box.value) ? box.value : ""));
    box.parentElement.append(calendar);
  }
}
const fields = new MutationObserver(() => {
  if (!element.isConnected) return fields.disconnect();
  looking ||= requestAnimationFrame(calendars);
});
fields.observe(document.body, { childList: true, subtree: true });
calendars();
