"""The sets in fifteen languages are what their README says, and what is told is counted as it says there."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parent
sys.path.insert(0, str(TESTS / "benchmarks"))

from languages import (  # noqa: E402
    PARTS,
    SET,
    WITHOUT_SOURCES,
    is_found,
    main,
    of_the_field,
    of_the_set,
    outcome,
    read,
    stands_in,
    table,
    until_stopped,
)
from ordinary import says  # noqa: E402

LANGUAGES = set("de fr es pt it nl pl ru tr ar hi zh ja ko sv".split())
ARTICLES = read(SET / "articles.jsonl")
QUESTIONS = of_the_set("all")
SAME = [question for question in QUESTIONS if "about" not in question]
ACROSS = [question for question in QUESTIONS if "about" in question]
WORDS_OF = {article["id"]: f"{article['title']} {article['text']}" for article in ARTICLES}
WITH_ANSWER = [question for question in QUESTIONS if question["articles"]]


def written_in(article: str) -> str:
    return article.partition("-")[0]


def test_there_are_six_articles_of_each_language_and_half_of_them_state_it() -> None:
    assert Counter(written_in(row["id"]) for row in ARTICLES) == dict.fromkeys(LANGUAGES | {"en"}, 6)
    stated = [row for row in ARTICLES if "language" in row]
    assert Counter(row["language"][:2] for row in stated) == dict.fromkeys(LANGUAGES | {"en"}, 3)
    assert all(row["language"].startswith(written_in(row["id"])) for row in stated)


def test_an_article_is_as_long_as_local_news_is() -> None:
    lengths = {row["id"]: len(row["text"]) for row in ARTICLES if written_in(row["id"]) in ("zh", "ja")}
    assert all(250 <= length <= 450 for length in lengths.values()), lengths
    words = {row["id"]: len(row["text"].split()) for row in ARTICLES if row["id"] not in lengths}
    assert all(85 <= length <= 220 for length in words.values()), words


def test_an_article_is_of_the_three_months_before_the_questions() -> None:
    assert all("2026-09-01" <= row["published_at"][:10] <= "2026-11-20" for row in ARTICLES)


@pytest.mark.parametrize("field", ["id", "title", "text"])
def test_no_article_stands_there_twice(field: str) -> None:
    assert len({row[field] for row in ARTICLES}) == len(ARTICLES)


@pytest.mark.parametrize("field", ["id", "question"])
def test_no_question_stands_there_twice(field: str) -> None:
    assert len({row[field] for row in QUESTIONS}) == len(QUESTIONS)


def test_each_language_has_ten_questions_of_the_kinds_that_are_told_and_half_of_them_are_kept_aside() -> None:
    assert Counter((row["lang"], row["part"]) for row in SAME) == {
        (language, part): 5 for language in LANGUAGES for part in PARTS
    }
    for language in LANGUAGES:
        kinds = Counter(row["kind"] for row in SAME if row["lang"] == language)
        assert sum(kinds.pop(kind, 0) for kind in WITHOUT_SOURCES) == 1
        assert kinds.pop("unanswerable") == 2
        assert kinds == dict.fromkeys(["who", "when", "how much", "why", "yes/no", "latest", "as typed"], 1)


def test_each_half_has_as_many_questions_of_a_kind_and_what_must_be_refused_in_every_language() -> None:
    of = Counter((row["kind"], row["part"]) for row in QUESTIONS)
    assert all(abs(of[kind, "tuning"] - of[kind, "held-out"]) <= 1 for kind, _ in of)
    refused = Counter((row["lang"], row["part"]) for row in SAME if row["refuse"])
    assert refused == {(language, part): 1 for language in LANGUAGES for part in PARTS}


def test_across_languages_each_one_asks_about_english_and_is_asked_about_in_english() -> None:
    pairs = Counter((row["lang"], row["about"]) for row in ACROSS)
    assert pairs == dict.fromkeys([pair for one in LANGUAGES for pair in ((one, "en"), ("en", one))], 1)


@pytest.mark.parametrize("question", WITH_ANSWER, ids=lambda question: question["id"])
def test_what_an_answer_must_tell_stands_in_its_articles_of_its_language(question: dict[str, Any]) -> None:
    assert {written_in(article) for article in question["articles"]} == {question.get("about", question["lang"])}
    assert question["must_contain"]
    for article in question["articles"]:
        assert all(any(says(WORDS_OF[article], one) for one in group) for group in question["must_contain"])


@pytest.mark.parametrize("question", WITH_ANSWER, ids=lambda question: question["id"])
def test_what_must_not_be_told_stands_in_other_articles_alone(question: dict[str, Any]) -> None:
    text = " ".join(WORDS_OF[article] for article in question["articles"])
    others = " ".join(words for article, words in WORDS_OF.items() if article not in question["articles"])
    assert not [one for one in question["must_not_contain"] if says(text, one) or not says(others, one)]


def test_no_question_is_about_articles_of_later_days() -> None:
    published = {row["id"]: row["published_at"][:10] for row in ARTICLES}
    assert not [row["id"] for row in QUESTIONS if any(published[each] > row["as_of"] for each in row["articles"])]


def test_what_no_article_answers_names_none_and_asks_for_no_words_but_the_number_of_articles() -> None:
    without = [row for row in QUESTIONS if not row["articles"]]
    assert {row["kind"] for row in without} == {"unanswerable", *WITHOUT_SOURCES}
    for row in without:
        assert row["refuse"] is (row["kind"] == "unanswerable")
        assert row["must_contain"] == ([[str(len(ARTICLES))]] if row["kind"] == "count" else [])


@pytest.mark.parametrize("part", PARTS)
def test_a_half_is_asked_alone(part: str) -> None:
    assert {row["part"] for row in of_the_set(part)} == {part}
    assert len(of_the_set(part)) == len(QUESTIONS) / 2


@pytest.mark.parametrize(
    ("refuse", "told", "refused", "counted"),
    [
        (False, "Die Kosten steigen auf 53,2 Mio. Euro.", False, "told right"),
        (False, "Die Kosten betragen 48,6 Mio. Euro.", False, "told wrong"),
        (False, "Von 48,6 stiegen sie auf 53,2 Mio. Euro.", False, "told wrong"),
        (False, "Es waren 153,2 Mio. Euro.", False, "told wrong"),
        (False, "Dazu gibt es nichts; am nächsten kommt 53,2.", True, "refused wrongly"),
        (True, "", True, "refused rightly"),
        (True, "Die Kosten steigen auf 53,2 Mio. Euro.", False, "told wrong"),
        (None, "Mindestens 53,2 Mio. Euro.", False, "told right"),
        (None, "", True, "refused wrongly"),
    ],
)
def test_an_answer_is_right_when_it_tells_what_it_must_and_nothing_that_was_replaced(
    refuse: bool | None, told: str, refused: bool, counted: str
) -> None:
    question = {"refuse": refuse, "must_contain": [["53,2"]], "must_not_contain": ["48,6"]}
    assert outcome(question, told, refused, cited=not refused) == counted


@pytest.mark.parametrize(("cited", "counted"), [(False, "told right"), (True, "told wrong")])
def test_a_greeting_is_not_returned_with_news(cited: bool, counted: str) -> None:
    question = {"kind": "greeting", "refuse": False, "must_contain": [], "must_not_contain": []}
    assert outcome(question, "Guten Tag!", False, cited) == counted


def test_words_of_the_field_are_found_inside_other_words() -> None:
    assert stands_in("L’amende est de 1\xa0350 EUROS", "l'amende est de 1 350 euro")
    assert not stands_in("zwölf", "zwolf")


def test_the_first_four_articles_are_counted_not_the_first_four_passages() -> None:
    question = {"articles": ["e", "f"]}
    assert is_found(question, ["a", "a", "b", "c", "e"]) is True
    assert is_found(question, ["a", "b", "c", "d", "e"]) is False
    assert is_found({"articles": []}, ["a"]) is None


def test_the_table_has_a_line_for_each_language_and_half_and_one_across_languages() -> None:
    row = {"lang": "de", "group": "de", "part": "tuning", "outcome": "told right", "closest": False, "hit": True}
    asked = [
        row,
        {**row, "part": "held-out", "outcome": "refused rightly", "hit": None},
        {**row, "part": "held-out", "outcome": "told wrong", "hit": False},
        {**row, "group": "across languages", "closest": True},
    ]
    assert list(table(asked))[2:] == [
        "| de | tuning | 1 | 1 | 0 | 0 | 0 | 0 | 1.00 | 1.00 |",
        "| de | held-out | 2 | 0 | 1 | 0 | 1 | 0 | 0.50 | 0.00 |",
        "| across languages | tuning | 1 | 1 | 0 | 0 | 0 | 1 | 1.00 | 1.00 |",
        "| same language | tuning | 1 | 1 | 0 | 0 | 0 | 0 | 1.00 | 1.00 |",
        "| same language | held-out | 2 | 0 | 1 | 0 | 1 | 0 | 0.50 | 0.00 |",
    ]


def test_a_run_that_is_stopped_tells_what_was_asked_so_far() -> None:
    def coming() -> Any:
        yield {"id": "de-01"}
        raise KeyboardInterrupt

    assert until_stopped(coming()) == ([{"id": "de-01"}], True)


def test_of_a_field_the_questions_over_several_languages_are_asked(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    rows = [{"lib": "en", "category": "dates"}, {"lib": "mixed", "category": "same language"}]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert [row["group"] for row in of_the_field(path)] == ["same language"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [(None, "cannot be read"), ("no JSON", "cannot be read"), ('{"lib": "en"}', 'no question whose "lib" is "mixed"')],
)
def test_a_file_without_questions_is_told_in_one_line(tmp_path: Path, lines: str | None, said: str) -> None:
    path = tmp_path / "questions.jsonl"
    if lines is not None:
        path.write_text(lines, encoding="utf-8")
    with pytest.raises(SystemExit, match=said) as ended:
        main([str(tmp_path / "articles.jsonl"), "--field", str(path)])
    assert "\n" not in str(ended.value)


def test_other_questions_are_not_asked_about_the_articles_of_the_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["--field", str(tmp_path / "questions.jsonl")])
    assert "name their file too" in capsys.readouterr().err


def test_articles_that_cannot_be_read_are_named_and_nothing_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "articles.jsonl"
    path.write_text("no JSON", encoding="utf-8")
    with pytest.raises(SystemExit, match="There is no article in .*articles.jsonl"):
        main([str(path)])
    told = capsys.readouterr()
    assert "Rejected: " in told.err
    assert not told.out


def test_a_question_is_asked_over_the_articles_that_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    articles, questions, told = (tmp_path / f"{name}.jsonl" for name in ("articles", "questions", "told"))
    articles.write_text(json.dumps(next(row for row in ARTICLES if row["id"] == "en-council")), encoding="utf-8")
    question = {
        "lib": "mixed",
        "category": "same language",
        "question": "What will a parking permit in Thornleigh cost?",
    }
    question |= {"as_of": "2026-11-27", "must_contain": [["£145"]], "must_not_contain": [], "refuse": None}
    questions.write_text(json.dumps(question), encoding="utf-8")
    assert main([str(articles), "--field", str(questions), "--json", str(told)]) == 0
    assert "| same language | all | 1 | 1 | 0 | 0 | 0 | 0 | 1.00 | - |" in capsys.readouterr().out
    assert [row["found"] for row in read(told)] == [["en-council"]]
