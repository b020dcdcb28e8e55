from __future__ import annotations

import pytest

from assistant.verification.superlatives import placed_first


@pytest.mark.parametrize(
    ("sentence", "stretch", "says"),
    [
        ("Ida Berg's seat is the most likely to flip.", "Ida Berg's seat ranks fifth most likely.", "fifth most"),
        ("Norvale is the largest port.", "Norvale is the second-largest port.", "second-largest"),
        ("The most popular port is Norvale.", "Norvale is one of the most popular ports.", "one of the most"),
        ("It was the 3rd hottest May, and the driest.", "It was the 3rd hottest and 2nd driest May.", "2nd driest"),
    ],
)
def test_a_first_place_that_the_passage_does_not_give_is_found(sentence: str, stretch: str, says: str) -> None:
    assert says in placed_first(sentence, stretch)


@pytest.mark.parametrize(
    ("sentence", "stretch"),
    [
        pytest.param("It is the second largest port.", "It is the second-largest port.", id="the same place"),
        pytest.param("One of the largest ports.", "It is among the largest ports.", id="one of them in both"),
        pytest.param("Two of its best ports.", "2 of the best ports.", id="some of them in both"),
        pytest.param("It is the largest port.", "The largest port is ahead of the second largest.", id="both told"),
        pytest.param("He passed the test.", "He passed the second test.", id="no degree"),
        pytest.param("She was the least known.", "She was the third most known.", id="another degree"),
    ],
)
def test_a_place_that_the_passage_gives_is_left_alone(sentence: str, stretch: str) -> None:
    assert placed_first(sentence, stretch) == ""
