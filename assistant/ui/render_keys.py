"""The keys of the chat, as the list that `?` opens. chat_keys.js acts on them. Pure."""

from __future__ import annotations

KEYS = (
    ("/", "Go to the question"),
    ("j", "Next source; in the reader, next citation"),
    ("k", "Previous source or citation"),
    ("Enter", "Read the source that is lit"),
    ("Esc", "Close the reader, or stop the answer"),
    ("?", "Show this list"),
)
HINT = '<p class="hint keys-hint"><button type="button" class="quiet" data-keys>Keys: press ?</button></p>'


def keys_html() -> str:
    rows = "".join(f"<dt><kbd>{key}</kbd></dt><dd>{what}</dd>" for key, what in KEYS)
    return (
        '<dialog class="keys" aria-labelledby="keys-title"><h2 id="keys-title">Keys</h2>'
        f'<dl>{rows}</dl><button type="button" class="plain" data-close>Close</button></dialog>'
    )
