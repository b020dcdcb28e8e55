"""The words of words.toml as patterns, those of all languages together: pages mix them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

_LETTER = r"[^\W\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"


def alternatives(phrases: Iterable[str]) -> str:
    """A pattern for one of the phrases, the longest first, with whatever space and apostrophe they are written."""
    longest_first = sorted(set(phrases), key=len, reverse=True)
    return "|".join(re.escape(each).replace(r"\ ", r"\s+").replace("'", "['’]") for each in longest_first)


@cache
def phrases(group: str) -> tuple[str, ...]:
    """Those of all languages under a name, `labels` or `walls.robot`."""
    found: Mapping[str, object] = _data()
    for name in group.split("."):
        inner = found[name]
        assert isinstance(inner, dict)
        found = inner
    return tuple(phrase for each in found.values() if isinstance(each, list) for phrase in each)


@cache
def pattern(group: str, form: str = r"(?<!\w)(?:{})(?!\w)") -> re.Pattern[str]:
    """Finds a phrase of the group as words of their own; with another `form`, at a given place.

    Beside a letter of a script without spaces nothing tells where a word ends."""
    bounded = form.replace(r"(?<!\w)", rf"(?<!{_LETTER})").replace(r"(?!\w)", rf"(?!{_LETTER})")
    return re.compile(bounded.replace("{}", alternatives(phrases(group))), re.IGNORECASE)


@cache
def _data() -> Mapping[str, object]:
    return tomllib.loads((files(__package__) / "words.toml").read_text(encoding="utf-8"))
