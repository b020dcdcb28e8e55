"""What is asked, told by examples, with the embedder that comes with Dateline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from assistant.query.intent import OF_NO_ARTICLE, Intents, Understood
from assistant.query.request import gone_on, requested, said
from assistant.types import OF_ARTICLES, OLDEST_FIRST, AnswerKind, Intent, Request, Turn
from vectorstore.indexes.embedding import DEFAULT_MODEL, SentenceEmbedder
from vectorstore.models import Matrix

TODAY = date(2022, 7, 3)
OUTLETS = ["Post", "Harbour Tribune"]
D, T, C, S, L = (
    *(AnswerKind.DIGEST, AnswerKind.TIMELINE, AnswerKind.COMPARISON),
    *(AnswerKind.SUMMARY, AnswerKind.LIST),
)


@pytest.fixture(scope="module")
def intents() -> Intents:
    return Intents(SentenceEmbedder())


@pytest.mark.parametrize(
    ("question", "kind", "subject", "broad"),
    [
        ("What happened this week in Norvale?", D, "Norvale this week", False),
        ("What happened this week?", D, "this week", True),
        ("What's in the news today?", D, "today", True),
        ("what happened in september", D, "in september", True),
        ("What happened on 12 June?", D, "on 12 June", True),
        ("what was going on between 1 and 5 July", D, "between 1 and 5 July", True),
        ("Was geschah im Juni?", D, "im Juni", True),
        ("most important news this month", D, "this month", True),
        ("biggest story", D, "", True),
        ("any updates", D, "", True),
        ("tell me something interesting", D, "", True),
        ("Give me the latest news on ferries, please", D, "ferries", False),
        ("Summarise the news about inflation", D, "inflation", False),
        ("what's the latest on the rate rise", D, "rate rise", False),
        ("Timeline of the ferry accident", T, "ferry accident", False),
        ("How did the ferry inquiry unfold?", T, "ferry inquiry", False),
        ("What has happened in Norvale since June?", T, "Norvale since June", False),
        ("Can you give me a timeline?", T, "", False),
        ("Summarise the article about the ferry", S, "ferry", False),
        ("Summarise the Skerry ferry accident in three bullet points", D, "Skerry ferry accident", False),
        ("List all ports that were closed", L, "ports that were closed", False),
        ("Which articles did the Harbour Tribune publish in June?", L, "Harbour Tribune publish in June", True),
        ("How many articles mention Skerry Bay?", L, "Skerry Bay", False),
        ("How does Norvale compare with Skerry on debt?", C, "How does Norvale compare with Skerry on debt?", False),
    ],
)
def test_a_list_a_timeline_a_comparison_or_a_summary_is_asked_for(
    intents: Intents, question: str, kind: AnswerKind, subject: str, broad: bool
) -> None:
    found = requested(question, TODAY, intents, OUTLETS)
    assert (found.kind, found.broad) == (kind, broad)
    assert set(found.subject.split()) <= set(subject.split()) and (found.subject or not subject or broad)


@pytest.mark.parametrize(
    "question",
    [
        "",
        "What happened in Norvale?",
        "Which news network replaced its chief?",
        "News anchor who resigned this week?",
        "How did the company develop the vaccine?",
        "Who summarised the report?",
        "What did the story cost its author?",
        "How many passengers were rescued from the ferry?",
        "Does the library of Skerry open on Sunday?",
        "what happened to the library",
        "What happened at the archive?",
        "Thanks to whom was the ferry saved?",
        "how big was the hole in the hull",
        "who died in June",
        "What happened to the ferry in June?",
        "What did the council decide on 12 June?",
        "What made the passengers sick, the soup?",
    ],
)
def test_what_asks_for_one_thing_is_a_fact(intents: Intents, question: str) -> None:
    assert requested(question, TODAY, intents).kind is AnswerKind.FACT


@pytest.mark.parametrize(
    ("typed", "intent", "detail"),
    [
        ("hi there!", Intent.SMALL_TALK, "greeting"),
        ("many thanks, that was helpful", Intent.SMALL_TALK, "thanks"),
        ("what can you do for me", Intent.HELP, ""),
        ("are you a person or a machine?", Intent.HELP, ""),
        ("what date is it today", Intent.LIBRARY, "today"),
        ("how many articles have you got", Intent.LIBRARY, "count"),
        ("what is your newest article", Intent.LIBRARY, "newest"),
        ("make it a bit shorter", Intent.INSTRUCTION, "shorter"),
        ("in four bullet points", Intent.INSTRUCTION, "bullets"),
        ("translate your answer into Danish", Intent.INSTRUCTION, "translate"),
        ("please tell me more", Intent.FOLLOW_UP, "more"),
        ("are you quite sure?", Intent.FOLLOW_UP, "sure"),
        ("Worum geht es in diesen Artikeln?", Intent.LIBRARY, "topics"),
    ],
)
def test_what_asks_for_no_article_is_known_by_its_kind(
    intents: Intents, typed: str, intent: Intent, detail: str
) -> None:
    found = intents.of(typed)
    assert found.intent is intent and (not detail or found.detail == detail)


@pytest.mark.parametrize(
    "typed",
    ["what is the newest article in your database?", "which news sources do you include?", "how big is your corpus?"],
)
def test_who_speaks_to_dateline_asks_of_its_library_in_whatever_words(intents: Intents, typed: str) -> None:
    assert intents.of(typed).intent is Intent.LIBRARY


@pytest.mark.parametrize(
    ("before", "typed", "whole"),
    [
        ("articles about art", "and about music?", "articles about music"),
        ("articles about trams", "And what about ferries?", "articles about ferries"),
        ("articles about trams", "and from the Courier?", "articles about trams from the Courier?"),
        ("articles about trams in May", "what about June?", "articles about trams in June?"),
        ("What happened in May?", "What about June?", "What happened in June?"),
        ("Was geschah im Mai?", "und im Juni?", "Was geschah im Juni?"),
        ("what happened in May", "and in Norvale?", "what happened in May in Norvale?"),
        ("latest on trams", "What about ferries?", "latest on ferries"),
        *(
            (before, typed, typed)
            for before, typed in [
                ("Timeline?", "and of trams?"),
                ("Which came first, the fire or the strike?", "and the flood?"),
                ("What is the latest on the Norvale fire?", "and the victims?"),
                ("articles about trams", "E-scooters in Norvale?"),
                ("articles about trams", "and thanks!"),
                ("what happened in May", "and shorter, please"),
                ("what happened in May", "and who was hurt?"),
                ("Who was hurt?", "and in June?"),
            ]
        ),
    ],
)
def test_what_one_question_puts_into_the_place_of_another(
    intents: Intents, before: str, typed: str, whole: str
) -> None:
    def of(question: str) -> Request:
        return requested(question, TODAY, intents, OUTLETS)

    assert gone_on(typed, (Turn(before, ""),), TODAY, of) == whole
    assert gone_on(typed, (), TODAY, of) == typed


def test_a_conversation_of_nothing_but_ands_ends(intents: Intents) -> None:
    turns = (Turn("and trams?", ""),) * 5000
    assert gone_on("and ferries?", turns, TODAY, lambda each: requested(each, TODAY, intents)) == "and ferries?"


def test_the_number_of_points_is_no_part_of_what_is_summed_up(intents: Intents) -> None:
    found = requested("Summarise the article about the ferry in four sentences", TODAY, intents)
    assert found.most == 4 and "four" not in found.subject and "sentences" not in found.subject


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("Hello, is the ferry running?", "is the ferry running?"),
        ("Back to the ferry: who was hurt?", "on ferry: who was hurt?"),
        ("hello", "hello"),
        ("Who was hurt?", "Who was hurt?"),
        ("bullet points: who was hurt?", "who was hurt?"),
        ("In three sentences: who was hurt?", "who was hurt?"),
        ("tl;dr - who was hurt", "who was hurt"),
        ("Short-term loans: who lends them?", "Short-term loans: who lends them?"),
        ("Points of view: who was heard?", "Points of view: who was heard?"),
        ("turn that into bullet points", "turn that into bullet points"),
    ],
)
def test_a_greeting_or_a_form_is_no_part_of_a_question(typed: str, question: str) -> None:
    assert said(typed).question == question


def test_of_a_pasted_text_the_part_that_asks_is_looked_for_and_the_rest_kept_beside_it() -> None:
    pasted = "The ferry left Skerry at noon with forty-one people. " * 6
    found = said(f"{pasted} Who was its captain?")
    assert found.question == "Skerry: Who was its captain?" and "left Skerry at noon" in found.around


def test_of_a_long_sentence_what_the_reader_wants_to_know_is_looked_for() -> None:
    told = "my neighbour, who always knows what is going on, says the ferry company is in trouble " * 4
    assert said(f"Good morning, {told}, so could you find out how many ships it sold?").question.startswith("how many")


@pytest.mark.parametrize(
    "question", ["Wer hat die Norvik Werft gegründet?", "¿Qué es Behemoth?", "Qui a fondé Skerry ?", "Quem é Ana Lind?"]
)
def test_a_question_about_somebody_or_something_is_not_one_about_dateline(intents: Intents, question: str) -> None:
    assert requested(question, TODAY, intents, OUTLETS).intent not in OF_NO_ARTICLE


@pytest.mark.parametrize(
    "question",
    [
        "what did the library cost",
        "who runs the library",
        "when does the library open?",
        "how many people came to the library",
        "why was the library closed",
        "how many books does the library have",
        "is there a café in the library?",
        "what was found in the archive",
        "how many readers does the newspaper have",
        "was ist mit der Bibliothek passiert?",
        "how old is she?",
        "how old are they",
        "what has she got",
    ],
)
def test_a_library_in_the_news_and_a_person_are_not_the_library_that_is_asked(intents: Intents, question: str) -> None:
    assert requested(question, TODAY, intents, OUTLETS).intent not in OF_NO_ARTICLE


@pytest.mark.parametrize(
    ("question", "subject", "detail"),
    [
        ("articles about ferries", "ferries", OF_ARTICLES),
        ("show me articles on the rate rise", "rate rise", OF_ARTICLES),
        ("Newest article about Norvale", "Norvale", OF_ARTICLES),
        ("articles by Ada Lind", "Ada Lind", OF_ARTICLES),
        ("Articles written by Ada Lind?", "Ada Lind", OF_ARTICLES),
        ("articles that mention storks", "storks", OF_ARTICLES),
        ("are there any articles about goats?", "goats", OF_ARTICLES),
        ("which outlets write about Norvale", "Norvale", OF_ARTICLES),
        ("oldest article about the ferry", "ferry", OLDEST_FIRST),
        ("Artikel über Norvale", "Norvale", OF_ARTICLES),
        ("Gibt es Artikel über Drohnen?", "Drohnen", OF_ARTICLES),
        ("articles sur Norvale", "Norvale", OF_ARTICLES),
        ("articles about the US", "US", OF_ARTICLES),
        ("articles about companies", "companies", OF_ARTICLES),
        ("articles in the Harbour Tribune about trams", "trams", OF_ARTICLES),
        ("articles about it", "", OF_ARTICLES),
    ],
)
def test_articles_themselves_are_asked_for(intents: Intents, question: str, subject: str, detail: str) -> None:
    found = requested(question, TODAY, intents, OUTLETS)
    assert found.of_articles and not found.broad and (found.subject, found.detail) == (subject, detail)


@pytest.mark.parametrize("question", ["show me all articles", "articles from this week", "newest article from CNN"])
def test_of_no_subject_all_articles_are_asked_for(intents: Intents, question: str) -> None:
    found = requested(question, TODAY, intents, [*OUTLETS, "CNN"])
    assert found.of_articles and found.broad


@pytest.mark.parametrize(
    "question",
    [
        "What does the article about the ferry say?",
        "Which ferries were sold?",
        "List all ports that were closed",
        "list the oldest bridges",
        "which papers did the scientist publish",
        "are there any plans for the harbour",
        "latest figures on unemployment",
        "list all books by Ada Lind",
    ],
)
def test_what_articles_say_is_not_the_articles(intents: Intents, question: str) -> None:
    assert not requested(question, TODAY, intents, OUTLETS).of_articles


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("whats new", "what's new"),
        ("Whos the mayor of Norvale?", "Who's the mayor of Norvale?"),
        ("ferry, hows that going", "ferry, how's that going"),
        ("Who is Theres Lottner?", "Who is Theres Lottner?"),
        ("Wer ist Theres Lottner?", "Wer ist Theres Lottner?"),
        ("What did Whens Records say?", "What did Whens Records say?"),
        ("WHATS GOING ON", "WHATS GOING ON"),
    ],
)
def test_an_apostrophe_that_was_left_out_is_read_and_a_name_is_left(typed: str, question: str) -> None:
    assert said(typed).question == question


class Counting:
    """Gives each text a vector by its letters, and counts how many texts it was given."""

    name, most_tokens = DEFAULT_MODEL, 0

    def __init__(self) -> None:
        self.given = 0

    def passages(self, texts: Sequence[str]) -> Matrix:
        self.given += len(texts)
        rows = np.array([[1 + text.count(letter) for letter in "aeioust"] for text in texts], np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def query(self, text: str) -> Matrix:
        return self.passages([text])[0]

    def tokens(self, texts: Sequence[str]) -> list[int]:
        return [0] * len(texts)


@pytest.mark.parametrize(
    "question",
    [
        "when was the bridge in denby closed",
        "how many children were hurt in fulda",
        "where did the balloon of the school come down",
        "wann wurde die brücke in fulda gesperrt",
        "dónde cayó el globo de la escuela",
    ],
)
def test_a_question_of_fact_needs_no_mark(intents: Intents, question: str) -> None:
    assert intents.of(question).intent in (Intent.FACT, Intent.YES_NO, Intent.FOLLOW_UP)
    assert intents.of(question) == intents.of(f"{question}?")


def test_the_vectors_of_the_examples_are_kept(tmp_path: Path) -> None:
    asked = ["What's new?", "How many articles do you have?", "Is Meta still open sourcing its models?", "¿Quién ganó?"]

    def told() -> tuple[list[Understood], int]:
        embedder = Counting()
        intents = Intents(embedder, tmp_path)
        return [intents.of(each) for each in asked], embedder.given

    expected, given = told()
    assert given > 1000
    [kept] = (tmp_path / "intents").iterdir()
    assert told() == (expected, len(asked))
    whole = kept.read_bytes()
    for damaged in (b"", b"damaged", whole[:-5000]):
        kept.write_bytes(damaged)
        assert told() == (expected, given)
        assert kept.read_bytes() == whole
    for other in (np.zeros((3, 7), np.float32), np.zeros((given, 7), np.float32), np.zeros(9, np.float32)):
        np.save(kept, other)
        assert told() == (expected, given)
    (tmp_path / "intents" / "earlier.npy").write_bytes(b"")
    kept.unlink()
    assert told() == (expected, given)
    assert [each.name for each in (tmp_path / "intents").iterdir()] == [kept.name]


def test_where_they_cannot_be_kept_intents_are_told_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "intents").write_text("a file")
    asked = "How many articles do you have?"
    assert Intents(Counting(), tmp_path).of(asked) == Intents(Counting()).of(asked)
