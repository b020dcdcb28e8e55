// Runs once: what the address of the page names is opened by these events of Gradio's.
const OPENING = ["held", "tab", "article", "shut", "story", "front"];
dateline.opens((what, where) => OPENING.includes(what) && trigger(what, where));
