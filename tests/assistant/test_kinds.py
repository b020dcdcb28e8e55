from __future__ import annotations

from datetime import date

import pytest

from assistant.kinds import AnswerKind, requested

TODAY = date(2022, 7, 3)
D, T, C, S = AnswerKind.DIGEST, AnswerKind.TIMELINE, AnswerKind.COMPARISON, AnswerKind.SUMMARY


@pytest.mark.parametrize(
    ("question", "kind", "subject", "broad"),
    [
        ("What happened this week in Norvale?", D, "this week in Norvale", False),
        ("What happened this week?", D, "this week", True),
        ("What's in the news today?", D, "", True),
        ("Give me the latest news on ferries, please", D, "ferries, please", False),
        ("Summarise the news about inflation", D, "inflation", False),
        ("What were the main stories of last week?", D, "last week", True),
        ("Timeline of the ferry accident", T, "the ferry accident", False),
        ("How did the ferry inquiry unfold?", T, "the ferry inquiry", False),
        ("What has happened in Norvale since June?", T, "Norvale since June", False),
        ("Can you give me a timeline?", T, "", False),
        ("Summarise the article about the ferry", S, "the ferry", False),
        ("What does the article on key rates say?", S, "key rates", False),
        ("Sum it up", AnswerKind.FACT, "Sum it up", False),
        ("Summarise it.", S, "", False),
        ("How does Norvale compare with Skerry on debt?", C, "How does Norvale compare with Skerry on debt?", False),
    ],
)
def test_a_list_a_timeline_a_comparison_or_a_summary_is_asked_for(
    question: str, kind: AnswerKind, subject: str, broad: bool
) -> None:
    assert requested(question, TODAY) == (kind, subject, broad)


@pytest.mark.parametrize(
    "question",
    [
        "",
        "What happened to the ferry last week?",
        "What happened in Norvale?",
        "Which news network replaced its chief?",
        "News anchor who resigned this week?",
        "How did the company develop the vaccine?",
        "Who summarised the report?",
        "What did the story cost its author?",
        "Which came first, the Lisbon summit or the Madrid one?",
    ],
)
def test_what_asks_for_one_thing_is_a_fact(question: str) -> None:
    assert requested(question, TODAY).kind is AnswerKind.FACT
