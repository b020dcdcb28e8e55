from __future__ import annotations

import pytest

from vectorstore.indexes.keywords import abbreviations


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The World Health Organization (WHO) said so.", [("WHO", "World Health Organization")]),
        ("A report by the Office for National Statistics (ONS).", [("ONS", "Office for National Statistics")]),
        ("The OECD (Organisation for Economic Co-operation and Development) met.",
         [("OECD", "Organisation for Economic Co-operation and Development")]),
        ("Near the Harbour Police Union (“HPU”), on strike.", [("HPU", "Harbour Police Union")]),
        ("An intercontinental ballistic missile (ICBM) flew.", [("ICBM", "intercontinental ballistic missile")]),
    ],
)  # fmt: skip
def test_a_short_form_is_read_with_what_it_stands_for(text: str, found: list[tuple[str, str]]) -> None:
    assert list(abbreviations(text)) == found


@pytest.mark.parametrize(
    "text",
    [
        "The mayor (62) resigned.",
        "Ana Lind (Greens) won.",
        "He met Sir Walter (right).",
        "It fell by 3 per cent (BBC).",
        "Nothing was said (see USA Today, 3 July 2022).",
        "((((((((((",
        "",
    ],
)
def test_what_else_stands_in_brackets_explains_nothing(text: str) -> None:
    assert not list(abbreviations(text))
