from __future__ import annotations

import pytest

from assistant.generation.draft import Written, read_marks, shown_while_writing, split_unfinished


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Rates rose. [1]", [("Rates rose.", (1,))], id="behind the full stop"),
        pytest.param("Rates rose [1].", [("Rates rose.", (1,))], id="before the full stop"),
        pytest.param("Rates rose [1, 2].", [("Rates rose.", (1, 2))], id="two in one pair of brackets"),
        pytest.param("Rates rose [2][1].", [("Rates rose.", (2, 1))], id="one after the other, in their order"),
        pytest.param("Rates rose [1] sharply [1].", [("Rates rose sharply.", (1,))], id="named twice, kept once"),
        pytest.param("Rates rose [Passage 2].", [("Rates rose.", (2,))], id="with the word passage"),
        pytest.param("Rates rose [7].", [("Rates rose.", ())], id="pointing at nothing"),
        pytest.param("Rates rose [0].", [("Rates rose.", ())], id="zero"),
        pytest.param("[1] Rates rose.", [("Rates rose.", (1,))], id="before the first sentence"),
        pytest.param("In [2022] rates rose.", [("In [2022] rates rose.", ())], id="a year in brackets is no mark"),
        pytest.param("One [1]. Two. [2] Three.", [("One.", (1,)), ("Two.", (2,)), ("Three.", ())], id="several"),
        pytest.param("In [1], 26,000 homes wait.", [("26,000 homes wait.", (1,))], id="what only leads to it goes too"),
        pytest.param(
            "Banks wait. According to the second passage, some pay [2]. Passage 1 says that savers do not [1].",
            [("Banks wait.", ()), ("Some pay.", (2,)), ("Savers do not.", (1,))],
            id="so does the prompt's word for it",
        ),
        pytest.param("D'après [1], elle part.", [("Elle part.", (1,))], id="in another language"),
        *(
            pytest.param(f"{text} [1].", [(f"{text}.", (1,))], id=text[:24])
            for text in (
                "According to the second passage, which is older, he left",
                "Neither passage says that the bridge was closed",
                "No passage states that 12 people died",
                "One passage says that he left, another that he stayed",
                "In Drake Passage, waves reached 15 metres",
                "From the Windward Passage, 40 people came back",
                "Per, 41, was arrested in Oslo",
                "Laut, aber friedlich protestierten sie",
            )
        ),
        pytest.param("In [1], iPhone sales fell.", [("iPhone sales fell.", (1,))], id="a name keeps its letters"),
        pytest.param("In the Northwest Passage [1], ice melted.", [("In the Northwest Passage, ice melted.", (1,))]),
        pytest.param("Yes [1], rates rose.", [("Yes, rates rose.", (1,))], id="a word of its own stays"),
        pytest.param("In Denby [1], rates rose.", [("In Denby, rates rose.", (1,))], id="a place stays"),
        pytest.param("He lives in [1], a town.", [("He lives in, a town.", (1,))], id="so does a clause"),
        pytest.param(
            "In a passage of the book he wept [1].",
            [("In a passage of the book he wept.", (1,))],
            id="and a book's own",
        ),
        pytest.param("", [], id="nothing"),
        pytest.param("[1]", [], id="only a mark"),
    ],
)
def test_marks_are_read_and_taken_out(text: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    assert read_marks(text, sources=2) == [Written(*pair) for pair in expected]


@pytest.mark.parametrize(
    ("text", "finished", "rest"),
    [
        pytest.param("Rates ro", "", "Rates ro", id="the first sentence is not finished"),
        pytest.param("Rates rose.", "", "Rates rose.", id="a full stop at the end may still gain its mark"),
        pytest.param("Rates rose. [1] The ba", "Rates rose. [1]", "The ba", id="a mark stays with its sentence"),
        pytest.param("One [1]. Two [2]. Thr", "One [1]. Two [2].", "Thr", id="two are finished"),
    ],
)
def test_only_what_can_no_longer_change_counts_as_finished(text: str, finished: str, rest: str) -> None:
    assert split_unfinished(text) == (finished, rest)


def test_a_half_written_mark_is_not_shown() -> None:
    assert shown_while_writing("In [1], rates ro") == "Rates ro"
    assert shown_while_writing("Rates rose [1] and fell [2") == "Rates rose and fell"
