// Runs once, on the opened article: on a phone it stands far above the row that was clicked.
watch("value", () => element.scrollIntoView({ block: "nearest" }));
