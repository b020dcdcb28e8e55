"""What steers a terminal is written out, what people write is left as it is."""

from __future__ import annotations

import json

import pytest

from vectorstore.characters import Printable, as_json, printable, printable_line
from vectorstore.errors import FetchFailed, LimitUnusable, ToldToWait

STEERING = [chr(n) for n in (*range(0x20), *range(0x7F, 0xA0)) if chr(n) not in "\n\t"] + [
    *("\u2028", "\u2029", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e"),
    *("\u2066", "\u2067", "\u2068", "\u2069", "\ud800", "\udcff"),
]
PLAIN = ["Café, 漢字, नमस्ते, שלום, سلام", "👩‍🚀 ☺️", "می‌خواهم", "“1 \N{NO-BREAK SPACE}000”", "C:\\temp\\x1b", ""]


@pytest.mark.parametrize("character", STEERING, ids=ascii)
def test_a_character_that_steers_is_written_out(character: str) -> None:
    shown = ascii(character)[1:-1]
    assert printable(f"a{character}b") == printable_line(f"a{character}b") == f"a{shown}b"
    written = as_json({f"a{character}b": character})
    assert not set(written) & set(STEERING) and json.loads(written) == {f"a{character}b": character}


@pytest.mark.parametrize("text", PLAIN)
def test_what_people_write_stays_and_json_keeps_it_readable(text: str) -> None:
    assert printable(text) == printable_line(text) == text
    assert json.dumps(text, ensure_ascii=False) in as_json([text])


def test_line_ends_and_tabs_have_their_place_in_a_text_and_none_in_a_line() -> None:
    assert printable("a\n\tb") == "a\n\tb"
    assert printable_line("a\n\tb") == r"a\n\tb"


def test_what_is_written_out_is_not_written_out_again_and_our_own_colours_stay() -> None:
    assert printable(printable("\x1b[31m")) == r"\x1b[31m"
    assert printable(Printable("\x1b[31mred\x1b[0m")) == "\x1b[31mred\x1b[0m"


@pytest.mark.parametrize(
    "error", [FetchFailed("a\x1bb\nc"), ToldToWait("a\x1bb\nc", 3.0), LimitUnusable("a\x1bb\nc", "top")]
)
def test_the_message_of_an_error_is_one_line_in_which_nothing_steers(error: Exception) -> None:
    assert str(error) == r"a\x1bb\nc"
