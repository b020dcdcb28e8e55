// Copying. `within` is the dialog that is open, outside of which nothing can be selected.

Object.assign(dateline, {
  async copied(text, within = document.body) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Browsers offer the clipboard on https and localhost only.
      const field = Object.assign(document.createElement("textarea"), { value: text });
      within.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
  },
  // What a button copies; it says so for a moment.
  async copy(button, text) {
    await dateline.copied(text);
    const { textContent } = button;
    if (textContent === button.dataset.copied) return;
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = textContent), 2000);
  },
});
