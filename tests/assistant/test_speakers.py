from __future__ import annotations

import pytest

from assistant.verification.speakers import Attributed, with_speaker

MINE = (
    "Mayor Ida Berg came late to the meeting. “We will not close the mine. It feeds the town. Nobody wants that,” she "
    "said on Monday. The mine opened in 1904. Prosecutors allege that Bo Tarn took bribes in May."
)


def shown(words: str, text: str = MINE) -> tuple[str, str]:
    start = text.index(words)
    found = with_speaker(text, start, start + len(words))
    return text[found.start : found.end], found.speaker


def test_half_a_sentence_is_widened_to_the_words_that_say_whose_it_is() -> None:
    assert shown("Bo Tarn took bribes") == ("Prosecutors allege that Bo Tarn took bribes in May.", "")


@pytest.mark.parametrize("words", ["It feeds the town.", "Nobody wants that", "We will not close the mine."])
def test_of_a_long_quotation_the_speaker_comes_along_with_her_name(words: str) -> None:
    quote, speaker = shown(words)
    assert quote.startswith("Mayor Ida Berg")
    assert quote.endswith("she said on Monday.")
    assert speaker == ""


def test_what_nobody_says_stays_as_it_is() -> None:
    assert shown("The mine opened in 1904.") == ("The mine opened in 1904.", "")


def test_a_speaker_too_far_off_is_a_label() -> None:
    text = (
        f"“It feeds the town. {'The mine gives us bread and work, and always has. ' * 12}That is all,” said Ida Berg."
    )
    quote, speaker = shown("It feeds the town.", text)
    assert (quote, speaker) == ("“It feeds the town.", "Ida Berg")


@pytest.mark.parametrize(("start", "end"), [(0, 0), (5, 5), (10_000, 10_010)])
def test_a_stretch_of_nothing_is_returned_as_it_came(start: int, end: int) -> None:
    assert with_speaker(MINE, start, end) in (Attributed(start, end), Attributed(0, MINE.index(" “")))
    assert with_speaker("", 0, 0) == Attributed(0, 0)
