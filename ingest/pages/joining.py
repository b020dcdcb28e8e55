"""The pages that one story goes on over, read one by one, to one article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Fields = Mapping[str, object]


def join_pages(first: Fields, rest: Sequence[Fields]) -> dict[str, object]:
    """What the first page states, with the text and the corrections of all. A paragraph that several pages repeat
    stands where it came first."""
    text = str(first.get("text", ""))
    for page in rest:
        known = {"", *(line.strip() for line in text.split("\n"))}
        fresh = [line for line in str(page.get("text", "")).split("\n") if line.strip() not in known]
        text = "\n".join([text, *fresh])
    corrections = [each for page in (first, *rest) for each in _listed(page.get("corrections"))]
    return {**first, "text": text, "corrections": corrections}


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else []
