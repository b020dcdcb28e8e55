"""Text as a terminal or a log may show it: nothing in it clears a screen, renames a window or forges a line. Pure."""

from __future__ import annotations

import json
import re

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
