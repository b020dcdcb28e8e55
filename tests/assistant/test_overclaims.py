from __future__ import annotations

import pytest

from assistant.overclaims import overclaims


def found(sentence: str, stretch: str, beside: str = "") -> str:
    return overclaims(sentence, stretch, f"{stretch} {beside}")


@pytest.mark.parametrize(
    ("sentence", "stretch", "says"),
    [
        (
            "Ida Berg's seat is the most likely to flip.",
            "Ida Berg's seat ranks fifth most likely to flip.",
            "fifth most",
        ),
        ("Norvale is the largest port.", "Norvale is the second-largest port.", "second-largest"),
        ("The most popular port is Norvale.", "Norvale is one of the most popular ports.", "one of the most"),
        ("It was the 3rd hottest May, and the driest.", "It was the 3rd hottest and 2nd driest May.", "2nd driest"),
        (
            "Per Dahl became the youngest mayor.",
            "Per Dahl was on track Monday to become the youngest mayor.",
            "to become",
        ),
        ("The company sold its mine.", "The company hopes to sell its mine.", "hopes to sell"),
        ("The mine closed in May.", "The mine could soon close, in May.", "could soon close"),
    ],
)
def test_a_sentence_that_says_more_than_its_passage_is_found(sentence: str, stretch: str, says: str) -> None:
    assert says in found(sentence, stretch)


@pytest.mark.parametrize(
    ("sentence", "stretch", "beside"),
    [
        pytest.param("It is the second largest port.", "It is the second-largest port.", "", id="the same place"),
        pytest.param("One of the largest ports.", "It is among the largest ports.", "", id="one of them in both"),
        pytest.param("Two of its best ports.", "2 of the best ports.", "", id="some of them in both"),
        pytest.param("It is the largest port.", "The largest port is ahead of the second largest.", "", id="both told"),
        pytest.param("He passed the test.", "He passed the second test.", "", id="no degree"),
        pytest.param("She was the least known.", "She was the third most known.", "", id="another degree"),
        pytest.param("The mine could close.", "The mine may close.", "", id="as possible"),
        pytest.param("It plans to close the mine.", "It wants to close the mine.", "", id="as a plan"),
        pytest.param("The mine closed.", "It is likely to close again.", "The mine closed in May.", id="told beside"),
        pytest.param("The mine closed.", "The mine will close on Monday.", "", id="what is certain may be over by now"),
        pytest.param("They helped.", "The plans of the council may change.", "", id="something else is possible"),
    ],
)
def test_what_a_passage_says_is_not_said_to_be_more(sentence: str, stretch: str, beside: str) -> None:
    assert found(sentence, stretch, beside) == ""
