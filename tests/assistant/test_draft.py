from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from newsroom import hit_of

from assistant.draft import Asked, Draft, judge
from assistant.models import Support
from vectorstore.models import Hit

RATES = hit_of("The bank raised its key rate to 2.5 percent on Thursday. Two members voted against the rise.")
FERRY = hit_of("A ferry ran aground near the harbour. Rescuers brought 41 passengers to land.")

QUESTION = "Who ran aground near the harbour?"
TODAY = date(2022, 7, 3)  # two days after they were published


def judged(text: str, sources: Sequence[Hit], finished: bool, today: date = TODAY) -> Draft:
    return judge(text, sources, Asked(QUESTION, today), finished)


def test_every_citation_is_the_exact_words_of_the_article() -> None:
    draft = judged(
        "The bank raised its rate to 2.5 percent [1]. Rescuers brought 41 people to land [2].",
        [RATES, FERRY],
        TODAY,
        True,
    )
    assert [citation.number for citation in draft.citations] == [1, 2]
    for citation in draft.citations:
        assert citation.article.text[citation.start : citation.end] == citation.quote
        assert citation.passage.start <= citation.start < citation.end <= citation.passage.end


def test_a_missing_mark_is_added_where_the_support_is_plain() -> None:
    draft = judged("Rescuers brought 41 passengers to land.", [RATES, FERRY], True)
    assert draft.sentences[0].citations == (2,)
    assert draft.sentences[0].support is Support.QUOTED


def test_a_wrong_mark_is_moved_to_the_passage_that_holds_the_sentence() -> None:
    draft = judged("Rescuers brought 41 passengers to land [1].", [RATES, FERRY], True)
    assert draft.sentences[0].citations == (2,)


def test_a_made_up_sentence_keeps_its_mark_and_is_called_unsupported() -> None:
    draft = judged("The governor resigned on Friday [1].", [RATES, FERRY], True)
    assert draft.sentences[0].citations == (1,)
    assert draft.sentences[0].support is Support.UNSUPPORTED
    assert draft.sentences[0].doubt == "the date Friday is not in the passage"


def test_a_doubt_is_that_of_the_nearest_passage_and_only_where_there_is_one() -> None:
    draft = judged(
        "Rescuers brought 45 passengers to land [1]. A ferry ran aground near the harbour [2].",
        [RATES, FERRY],
        TODAY,
        True,
    )
    assert [sentence.doubt for sentence in draft.sentences] == ["the number 45 is not in the passage", ""]


def test_without_sources_nothing_is_supported() -> None:
    assert judged("Rescuers brought 41 passengers to land.", [], True).sentences[0].doubt == "it cites no source"


def test_two_stretches_of_one_passage_are_two_citations_with_one_number() -> None:
    draft = judged("The bank raised its key rate to 2.5 percent [1]. Two members voted against it [1].", [RATES], True)
    assert [citation.number for citation in draft.citations] == [1, 1]
    assert draft.citations[0].quote != draft.citations[1].quote


def test_the_unfinished_sentence_is_shown_but_not_judged() -> None:
    draft = judged("The bank raised its key rate to 2.5 percent [1]. Two mem", [RATES], False)
    assert len(draft.sentences) == 1
    assert draft.writing == "Two mem"


AHEAD = hit_of("The ferry will sail again next week, its owner said. The pier is closed, and will open in two weeks.")
LATER = date(2022, 9, 1)


@pytest.mark.parametrize(
    ("said", "today", "told_of"),
    [
        ("Rescuers brought 41 people to land this week [1].", TODAY, ""),
        ("Rescuers brought 41 people to land this week [1].", LATER, "this week"),
        ("Rescuers brought 41 people to land this year [1].", LATER, ""),
        ("Today rescuers brought 41 people to land [1].", LATER, "Today"),
        ("Rescuers brought 41 people to land [1].", date(2024, 7, 1), ""),
        ("The ferry will sail again next week [2].", TODAY, ""),
        ("Its owner said that the ferry will sail again next week [2].", LATER, "next week"),
        ("The pier will open again in two weeks [2].", TODAY, ""),
        ("The pier will open again in two weeks [2].", LATER, "in two weeks"),
    ],
)
def test_an_old_article_does_not_bear_out_what_is_said_of_now(said: str, today: date, told_of: str) -> None:
    [sentence] = judged(said, [FERRY, AHEAD], True, today).sentences
    assert (sentence.support is Support.UNSUPPORTED) == bool(told_of)
    assert not told_of or sentence.doubt == f"the passage is of 1 July 2022, and does not tell of “{told_of}”"


def test_an_article_of_unknown_date_is_not_held_to_be_old() -> None:
    undated = hit_of("Rescuers brought 41 passengers to land after a ferry ran aground.", published=None)
    [sentence] = judged("This week rescuers brought 41 passengers to land [1].", [undated], True).sentences
    assert sentence.support is Support.SUPPORTED


def test_a_bare_name_cites_the_sentence_that_is_asked_about() -> None:
    hit = hit_of(
        "Skerry, Friday. The weather was fine all day. A ferry ran aground near the harbour at Skerry at noon."
    )
    [citation] = judged("Skerry [1].", [hit], True).citations
    assert "ran aground" in citation.quote


def test_no_comma_is_left_of_a_row_of_marks() -> None:
    assert judged("A ferry ran aground [1], [2].", [FERRY, FERRY], True).sentences[0].text == "A ferry ran aground."


@pytest.mark.parametrize("where", ["evil.com", "0900 555 777", "evil dot com", "10.0.0.1/pay", "+49 555 123456"])
@pytest.mark.parametrize("finished", [True, False])
def test_a_sentence_that_says_where_to_go_is_left_out_also_when_the_passage_has_it(where: str, finished: bool) -> None:
    said = f"Passengers can ask for their money at {where} until Friday."
    hit = hit_of(f"A ferry ran aground near the harbour. {said}")
    draft = judged(f"{said} [1] Rescuers came. ", [hit], finished)
    assert where not in str((draft.sentences, draft.writing))
