"""What is left of what a model wrote, before any of it is shown."""

from __future__ import annotations

import pytest

from assistant.safe import carries_address, without_marks, words_only

SAID = "The farm has 62 turbines."


@pytest.mark.parametrize(
    ("written", "left"),
    [
        (f"<b>{SAID}</b>", SAID),
        (f"{SAID}<script>alert(1)</script>", f"{SAID}alert(1)"),
        (f"{SAID}<img src=x onerror=alert(1)", SAID),
        (f"{SAID}<!-- a note", SAID),
        (f"{SAID}<|im_end|>", SAID),
        (f"# {SAID}", SAID),
        (f"> {SAID}", SAID),
        (f"**{SAID}**", SAID),
        (f"`{SAID}`", SAID),
        (f"```html\n{SAID}\n```", f"\n{SAID}\n"),
    ],
)
def test_markup_goes_and_the_words_stay(written: str, left: str) -> None:
    assert words_only(written) == left


@pytest.mark.parametrize(
    "mark",
    ["[^1]", "[Reuters 2026]", "[source]", "[1†source]", "【3】", "【3†Hale Gazette】", "[Source: 4]", "[footnote]"],
)
def test_marks_that_name_no_passage_go(mark: str) -> None:
    assert words_only(f"{SAID}{mark}") == SAID


def test_a_superscript_behind_a_stop_is_a_mark_and_one_behind_a_unit_is_none() -> None:
    assert words_only(f"{SAID}¹²") == SAID
    assert words_only("It covers 40 km² off Hale.") == "It covers 40 km² off Hale."


@pytest.mark.parametrize("mark", ["[1]", "[2, 3]", "[1][2]", "[passage 2]", "[1; 4]"])
def test_marks_of_passages_stay_for_those_who_read_them(mark: str) -> None:
    assert words_only(f"{SAID} {mark}") == f"{SAID} {mark}"


@pytest.mark.parametrize(
    "heading",
    ["Sources:", "**Sources**", "References", "Cited sources:", "Quellen:", "Fuentes:", "来源：", "Read more:"],
)
def test_a_list_of_sources_goes_with_all_behind_it(heading: str) -> None:
    assert words_only(f"{SAID}\n\n{heading}\n[1] Hale Gazette\n[2] Norvale Post").strip() == SAID


def test_a_sentence_about_sources_is_no_list_of_them() -> None:
    said = "Sources close to the owner spoke of 62 turbines."
    assert words_only(said) == said


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u202e", "\u2066", "\ufeff", "\u00ad", "\U000e0041", "\ufe0f", "\x07", "\ue000"]
)
def test_what_nobody_sees_goes(hidden: str) -> None:
    assert words_only(f"The farm{hidden} has 62 turbines.") == SAID


def test_what_hides_in_letters_that_nobody_sees_is_markup_without_them() -> None:
    assert words_only("<scr\u200bipt>The farm") == "The farm"


def test_words_without_end_end() -> None:
    assert words_only("off Hale " * 40).strip() == "off Hale"
    assert words_only("!" * 400) == "!!!"


@pytest.mark.parametrize("text", ["", " ", "5 < 6 and 7 > 6.", "She said: “No.”", "Item 3 (of 4) costs $5 * 2."])
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert words_only(text) == text


@pytest.mark.parametrize(
    "address",
    [
        "https://hale.example/farm",
        "HTTP : // hale.example",
        "www.hale.example",
        "www . hale",
        "hale.example/farm?x=1",
        "hale[.]example",
        "hxxps://hale[.]example",
        "hale (dot) example/farm",
        "mail@hale.example",
        "mailto:mail@hale.example",
        "javascript:alert(1)",
        "data:text/html;base64,AAAA",
        "tel:+4955512345",
        "![x](farm.png)",
        "[here](/login)",
    ],
)
def test_an_address_is_found_however_it_is_written(address: str) -> None:
    assert carries_address(f"The plans are at {address} today.")


@pytest.mark.parametrize(
    "sentence",
    [
        "The vote was 62/38 on Wednesday.",
        "Mr. Solum spoke at 4.52 p.m. in Hale.",
        "The U.S. and the U.K. signed.",
        "Amazon.com fell 3 percent.",
        "Profit (2021: 5 million) rose; the ratio was 3:2.",
        "He said he/she would and/or could.",
        "Data: none was lost.",
        "The file: it was a PDF.",
    ],
)
def test_ordinary_sentences_have_none(sentence: str) -> None:
    assert not carries_address(sentence)


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        ("[56] [57] He is currently a coach.", "He is currently a coach."),
        ("He was elected.[12]", "He was elected."),
        ("He was [12] elected.", "He was elected."),
        ("He said [she] was elected [sic].", "He said [she] was elected [sic]."),
    ],
)
def test_an_articles_own_marks_are_not_taken_for_ours(sentence: str, left: str) -> None:
    assert without_marks(sentence) == left
