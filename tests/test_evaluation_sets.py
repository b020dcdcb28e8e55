"""The sets in tests/benchmarks/sets are what their README says, and a right answer is told from a wrong one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from benchmarks.ordinary import faults, read, says

KIND_IN = {
    "claims": lambda row: (row["true"], row["kind"]) if "language" not in row else row["true"],
    "intents": lambda row: row["intent"],
    "sentences": lambda row: row["kind"],
    "orders": lambda row: row["kind"],
    "questions": lambda row: row["category"],
}
QUESTIONS = read("questions")
WORDS_OF = {
    article["id"]: " ".join([article["outlet"], article["title"], article["text"]]) for article in read("articles")
}


def twice(values: Iterable[Any]) -> list[Any]:
    return [value for value, times in Counter(values).items() if times > 1]


@pytest.mark.parametrize("name", KIND_IN)
def test_the_halves_hold_as_many_of_each_kind(name: str) -> None:
    rows = [row for row in read(name) if "row" not in row]
    of = Counter((KIND_IN[name](row), row["part"]) for row in rows)
    assert {row["part"] for row in rows} == {"tuning", "held-out"}
    assert all(abs(of[kind, "tuning"] - of[kind, "held-out"]) <= 1 for kind, _ in of)


@pytest.mark.parametrize(
    ("name", "field"),
    [("claims", "claim"), ("claims", "id"), ("passages", "id"), ("intents", "text"), ("sentences", "text")]
    + [("orders", "text"), ("articles", "id"), ("questions", "id")],
)
def test_nothing_stands_in_a_set_twice(name: str, field: str) -> None:
    assert not twice(row[field] for row in read(name))


def test_half_of_the_claims_are_true_and_each_names_passages_that_exist() -> None:
    claims, passages = read("claims"), {passage["id"] for passage in read("passages")}
    assert sum(claim["true"] for claim in claims) * 2 == len(claims) >= 200
    assert {name for claim in claims for name in claim["passages"]} == passages
    assert sum("language" in claim for claim in claims) >= 30


def test_a_false_claim_says_what_was_changed_and_each_change_is_made_often_enough() -> None:
    false = [claim for claim in read("claims") if not claim["true"]]
    assert all(claim["changed"] for claim in false)
    assert min(Counter(claim["kind"] for claim in false).values()) >= 6


def test_no_true_claim_is_copied_from_its_passage() -> None:
    text_of = {passage["id"]: passage["text"] for passage in read("passages")}
    true = [claim for claim in read("claims") if claim["true"]]
    assert not [row["claim"] for row in true if any(row["claim"].rstrip(".") in text_of[p] for p in row["passages"])]


def test_each_intent_has_texts_enough_and_some_in_other_languages() -> None:
    texts = read("intents")
    assert min(Counter(row["intent"] for row in texts).values()) >= 25
    assert sum("language" in row for row in texts) >= 0.15 * len(texts)


def test_ten_of_the_thirty_ways_to_say_hello_or_ask_for_help_are_kept_aside() -> None:
    assert Counter(row["part"] for row in read("intents") if row.get("row") == "thirty") == {
        "tuning": 20,
        "held-out": 10,
    }


def test_there_are_sentences_and_orders_enough() -> None:
    assert len(read("sentences")) >= 100
    assert len(read("orders")) == 40


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["id"])
def test_what_an_answer_must_tell_stands_in_its_articles(question: dict[str, Any]) -> None:
    text = " ".join(WORDS_OF[article] for article in question["article_ids"])
    assert all(any(says(text, one) for one in group) for group in question["must"])


def test_no_question_is_about_articles_of_later_days() -> None:
    published = {article["id"]: article["published_at"][:10] for article in read("articles")}
    assert not [row["id"] for row in QUESTIONS if any(published[x] > row["as_of"] for x in row["article_ids"])]


def test_what_must_be_refused_asks_for_no_words() -> None:
    assert not [row["id"] for row in QUESTIONS if row["answerable"] is False and row["must"]]


def test_the_number_of_articles_asked_for_is_their_number() -> None:
    [question] = [row for row in QUESTIONS if row["question"] == "How many articles do you have?"]
    assert question["must_say"] == [[str(len(WORDS_OF))]]


@pytest.mark.parametrize(
    ("text", "wanted", "stands"),
    [
        ("It killed 21 people.", "21", True),
        ("It killed 210 people.", "21", False),
        ("It rose by 1.21 percent.", "21", False),
        ("In 2021, it was 21.", "21", True),
        ("It costs 9 million.", "9 million", True),
        ("It costs 90 million.", "9 million", False),
        ("It costs 1.9 million.", "9 million", False),
        ("THE  CASTLE", "the castle", True),
    ],
)
def test_a_number_is_not_found_inside_a_longer_one(text: str, wanted: str, stands: bool) -> None:
    assert says(text, wanted) is stands


@pytest.mark.parametrize(
    ("answerable", "told", "refused", "right"),
    [
        (True, "The toll was lowered to 21.", False, True),
        (True, "The toll is 23.", False, False),
        (True, "The toll was lowered from 23 to 21.", False, False),
        (True, "", True, False),
        (False, "", True, True),
        (False, "The toll was lowered to 21.", False, False),
        (None, "", True, True),
        (None, "The toll was lowered to 21.", False, True),
        (None, "The toll is high.", False, False),
    ],
)
def test_an_answer_is_right_when_it_tells_what_it_must_and_nothing_that_it_must_not(
    answerable: bool | None, told: str, refused: bool, right: bool
) -> None:
    question = {"answerable": answerable, "must": [["21"]], "must_not": ["23"]}
    assert (not faults(question, told, refused)) is right


def test_what_has_to_be_said_of_an_article_counts_though_it_stands_in_none() -> None:
    question = {"answerable": True, "must": [], "must_say": [["satire", "satirical"]], "must_not": []}
    assert faults(question, "Parliament was replaced.", refused=False)
    assert not faults(question, "In a satirical piece parliament was replaced.", refused=False)
