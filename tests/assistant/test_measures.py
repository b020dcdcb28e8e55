"""What amounts measure, and which of them answer what is asked."""

from __future__ import annotations

import pytest

from assistant.query.answer_type import offers
from assistant.text.measures import Measure, measure
from assistant.text.quantities import quantities


@pytest.mark.parametrize(
    ("text", "measures"),
    [
        ("The lawyer, 54, has led the office for twelve years.", [Measure.AGE, Measure.TIME]),
        ("Nuria Vance (31) beat a 19-year-old.", [Measure.AGE, Measure.AGE]),
        ("A woman of 71 and a man aged 33 were found.", [Measure.AGE, Measure.AGE]),
        ("It is 1,350 metres long and cost $5bn.", [Measure.LENGTH, Measure.MONEY]),
        ("The picture is valued at 9 million crowns.", [Measure.COUNT]),
        ("57 per cent came, the second most ever.", [Measure.SHARE, Measure.RANK]),
        ("The otter weighed 50 kilograms at 12 degrees.", [Measure.WEIGHT, Measure.DEGREE]),
        ("In Rome, 12 people died.", [Measure.COUNT]),
        ("The mast is 24m tall, 3m wide and cost 24m euros.", [Measure.LENGTH, Measure.LENGTH, Measure.MONEY]),
    ],
)
def test_what_an_amount_measures(text: str, measures: list[Measure]) -> None:
    assert [measure(text, each) for each in quantities(text)] == measures


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a 24m-high wall", 24),
        ("24m people", 24e6),
        ("a $5m wide plan", 5e6),
        ("1.2m high school pupils", 1.2e6),
        ("2m long Covid sufferers", 2e6),
        ("1.2m across the country", 1.2e6),
        ("It is 2m deep.", 2),
        ("3m wide and new", 3),
    ],
)
def test_an_m_is_metres_only_where_something_is_tall_or_wide(text: str, value: float) -> None:
    assert [each.value for each in quantities(text)] == [value]


@pytest.mark.parametrize(
    ("question", "sentence", "answers"),
    [
        ("How old is Anna Weller?", "She was elected by 97 votes to 41.", False),
        ("How old is Anna Weller?", "The lawyer, 54, takes office in autumn.", True),
        ("How much is the painting worth?", "It was stolen sixteen months ago.", False),
        ("How much is the painting worth?", "It is valued at 9 million crowns.", True),
        ("How long is the bridge?", "It cost 240 million crowns.", False),
        ("How long is the bridge?", "It is 1,350 metres long.", True),
        ("How many people were there?", "It lasted for three hours.", False),
        ("How many hours did it last?", "It lasted for three hours.", True),
        ("How many tonnes of rice came?", "The ship brought 400 tonnes of rice.", True),
        ("How many tonnes of rice came?", "The ship came with 400 sailors.", False),
        ("How many dollars did it cost?", "It cost 30 dollars.", True),
        ("How many megawatts does it give?", "It gives 12 megawatts to 9,000 homes.", True),
        ("How many times did it fail?", "It failed for the third time.", True),
        ("What was the turnout?", "Some 40,000 people came to vote.", False),
        ("What was the turnout?", "57 per cent came to vote.", True),
    ],
)
def test_an_amount_answers_only_what_asks_for_its_measure(question: str, sentence: str, answers: bool) -> None:
    assert offers(sentence, question, None) is answers
