"""Characters that hide something or steer something: what nobody sees, in which orders and addresses can be hidden, and
what clears a screen, renames a window or forges a line of a log. Pure."""

from __future__ import annotations

import json
import re

# Controls; soft hyphens and other fillers; zero-width characters; those that turn the order of letters around;
# variation selectors and the block of tags, each of which can spell out a whole text; characters for private use.
_UNSEEN = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ue000-\uf8ff\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb"
    "\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
)
# Emoji, Persian and the scripts of India need joiners or a selector; behind any other letter these say nothing.
_PICTURES = "\u2190-\u2bff\u3030-\u33ff\U0001f000-\U0001ffff"
_HIDDEN = re.compile(
    f"[{_UNSEEN}]|(?<![\u0590-\u1fff\ufe0f{_PICTURES}])[\u200c\u200d]|(?<![{_PICTURES}])[\ufe0e\ufe0f]"
)


def hidden_in(text: str) -> list[tuple[int, int]]:
    """Where such characters stand."""
    return [match.span() for match in _HIDDEN.finditer(text)]


def without_hidden(text: str) -> str:
    """The text as a reader sees it; tabs and line ends are seen."""
    return _HIDDEN.sub("", text)


# Controls; what ends a line or turns the order of letters around; halves of characters, which no encoding has. Line
# ends and tabs have their place in a text, and none in a name.
_STEERING = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u206f\ud800-\udfff"
_IN_TEXT, _IN_A_LINE = re.compile(f"[{_STEERING}]"), re.compile(rf"[\n\t{_STEERING}]")


class Printable(str):
    """Text that is fit to be shown as it is: what stands in it to colour a terminal, we have put there."""


def printable(text: str) -> str:
    """The text with each character that steers a terminal written out, as in `\\x1b`."""
    return text if isinstance(text, Printable) else _IN_TEXT.sub(_written_out, text)


def printable_line(text: str) -> str:
    """As `printable`, with line ends and tabs written out too."""
    return _IN_A_LINE.sub(_written_out, text)


def as_json(value: object) -> str:
    """JSON to be read by people too: letters of any language as they are, what steers a terminal written out."""
    return _IN_TEXT.sub(lambda found: json.dumps(found[0])[1:-1], json.dumps(value, ensure_ascii=False, indent=2))


def _written_out(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")


def storable(text: str) -> str:
    """Half a surrogate pair, which a browser can send, is nothing that a database can hold."""
    return text.encode("utf-8", "replace").decode()
