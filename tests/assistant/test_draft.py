from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from threading import Event

import pytest
from newsroom import hit_of

from assistant.evidence.stated_values import change, readings
from assistant.generation.draft import Asked, Draft, judge
from assistant.types import Answer, Support
from assistant.verification.entailment import Claim
from vectorstore.models import Hit

RATES = hit_of("The bank raised its key rate to 2.5 percent on Thursday. Two members voted against the rise.")
FERRY = hit_of("A ferry ran aground near the harbour. Rescuers brought 41 passengers to land.")

QUESTION = "Who ran aground near the harbour?"
TODAY = date(2022, 7, 3)  # two days after they were published


def judged(text: str, sources: Sequence[Hit], finished: bool, today: date = TODAY) -> Draft:
    return judge(text, sources, Asked(QUESTION, today), finished)


def test_every_citation_is_the_exact_words_of_the_article() -> None:
    draft = judged(
        "The bank raised its rate to 2.5 percent [1]. Rescuers brought 41 passengers to land [2].",
        [RATES, FERRY],
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


def test_a_made_up_sentence_is_left_out_with_its_mark() -> None:
    draft = judged(
        "A ferry ran aground near the harbour [2]. The governor resigned on Friday [1].", [RATES, FERRY], True
    )
    assert [sentence.text for sentence in draft.sentences] == ["A ferry ran aground near the harbour."]
    assert [citation.number for citation in draft.citations] == [2]


def test_without_sources_nothing_is_supported() -> None:
    assert judged("Rescuers brought 41 passengers to land.", [], True).sentences == ()


REWORDED = "A ship ran aground near the harbour [2]."


@pytest.mark.parametrize("yes", [True, False])
def test_whether_other_words_say_the_same_is_for_the_judge(yes: bool) -> None:
    asked: list[Claim] = []

    def entails(claims: Sequence[Claim], left: Event | None) -> list[bool]:
        asked.extend(claims)
        return [yes for _ in claims]

    rules_alone = judge(REWORDED, [RATES, FERRY], Asked("", TODAY), True)
    told = judge(f"{REWORDED} It ran aground in 1999 [2].", [RATES, FERRY], Asked("", TODAY), True, entails)
    assert rules_alone.sentences == ()
    assert [sentence.support for sentence in told.sentences] == [Support.SUPPORTED] * yes
    nearest = "Friday, 1 July 2022. A ferry ran aground near the harbour."
    # Of a wrong year nobody has to be asked.
    assert asked == [Claim("A ship ran aground near the harbour.", nearest)]


def test_a_judge_may_reject_what_the_rules_let_pass_and_no_quotation() -> None:
    said = "Rescuers brought 41 passengers to land [2]. The ferry ran aground near the harbour [2]."
    told = judge(said, [RATES, FERRY], Asked("", TODAY), True, lambda sentences, left: [False for _ in sentences])
    assert [sentence.support for sentence in told.sentences] == [Support.QUOTED]


FIRST = hit_of("A tram hit a bus on Mill Street. 23 people were hurt, the police said.", published="2022-07-01")
LATER_ON = hit_of(
    "Two days after the tram hit a bus on Mill Street, 31 people are known to have been hurt.",
    published="2022-07-03",
)
HURT = "How many people were hurt on Mill Street?"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("In the first passage, 23 people were hurt [1].", 0),
        ("23 people were hurt, the police said [1].", 0),
        ("31 people are known to have been hurt [2].", 1),
        ("23 people were hurt, the police said [1]. 31 people are known to have been hurt [2].", 1),
        ("31 people are known to have been hurt, and not 23 [2].", 0),  # which the newest does not say
        ("A tram hit a bus on Mill Street [1].", 1),
    ],
)
def test_a_figure_that_has_changed_since_is_not_the_answer(said: str, told: int) -> None:
    sources = [FIRST, LATER_ON]
    changed = change(readings(HURT, sources))
    assert changed and changed.newest.hit is LATER_ON
    assert len(judge(said, sources, Asked(HURT, TODAY, changed), True).sentences) == told


SAME_DAY = hit_of("The tram hit a bus on Mill Street, and 31 people were hurt.")


def test_what_two_reports_of_one_day_say_otherwise_has_not_changed() -> None:
    sources = [FIRST, SAME_DAY]
    asked = Asked(HURT, TODAY, change(readings(HURT, sources)))
    for said in ("31 people were hurt [2].", "23 people were hurt [1]."):
        assert judge(said, sources, asked, True).sentences


def test_a_figure_of_something_else_is_not_old() -> None:
    sources = [FIRST, LATER_ON]
    asked = Asked(HURT, TODAY, change(readings(HURT, sources)))
    assert judge("One tram hit a bus on Mill Street [1].", sources, asked, True).sentences


def test_of_a_question_that_names_its_day_nothing_has_changed() -> None:
    of_a_day = "How many people were hurt on Mill Street on 1 July?"
    for question, changed in ((HURT, True), (of_a_day, False)):
        answer = Answer(question, question, datetime(2022, 7, 3, tzinfo=UTC), sources=(FIRST, LATER_ON))
        assert (Asked.of(answer).changed is not None) is changed


def test_a_sentence_that_stands_twice_is_judged_by_each_of_its_sources() -> None:
    said = "A ship ran aground near the harbour [1]. A ship ran aground near the harbour [2]."
    told = judge(said, [FERRY, FERRY], Asked("", TODAY), True, lambda claims, left: [True, False][: len(claims)])
    assert [each.citations for each in told.sentences] == [(1,)]


@pytest.mark.parametrize(
    ("said", "joined"),
    [
        ("A ship ran aground near the harbour [1].", False),
        ("A ship that ran aground near the harbour had 41 passengers [1].", True),
    ],
)
def test_a_judge_is_told_what_is_put_together_from_two_sentences(said: str, joined: bool) -> None:
    asked: list[Claim] = []
    judge(said, [FERRY], Asked("", TODAY), True, lambda claims, left: [asked.append(each) is None for each in claims])
    assert [each.joined for each in asked] == [joined]


def test_what_leans_on_the_sentence_before_is_judged_with_it() -> None:
    asked: list[Claim] = []
    said = "A ship ran aground near the harbour [1]. It had 41 passengers [1]."
    judge(said, [FERRY], Asked("", TODAY), True, lambda claims, left: [asked.append(each) is None for each in claims])
    assert asked[1].sentence == "A ship ran aground near the harbour. It had 41 passengers." and asked[1].joined
    assert "ran aground" in asked[1].nearest


@pytest.mark.parametrize(
    ("answering", "told"),
    [
        ([True, True], ["Two members voted against it.", "Rescuers brought 41 passengers to land."]),
        ([False, True], ["Rescuers brought 41 passengers to land."]),
        ([True, False], ["Two members voted against it.", "Rescuers brought 41 passengers to land."]),
        ([False, False], []),
    ],
)
def test_an_answer_begins_with_what_the_question_asks_for(answering: list[bool], told: list[str]) -> None:
    said = "Two members voted against it [1]. Rescuers brought 41 passengers to land [2]."
    draft = judge(said, [RATES, FERRY], Asked("", TODAY), True, None, None, lambda sentences, left: answering)
    assert [each.text for each in draft.sentences] == told


def test_what_leans_on_a_sentence_beside_the_point_goes_with_it() -> None:
    said = "A ferry ran aground near the harbour [1]. It had 41 passengers [1]."
    entails = lambda claims, left: [True for _ in claims]  # noqa: E731
    assert judge(said, [FERRY], Asked("", TODAY), True, entails).sentences
    assert not judge(said, [FERRY], Asked("", TODAY), True, entails, None, lambda told, left: [False, True]).sentences


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
        ("This week rescuers brought 41 passengers to land [1].", TODAY, ""),
        ("This week rescuers brought 41 passengers to land [1].", LATER, "this week"),
        ("This year rescuers brought 41 passengers to land [1].", LATER, ""),
        ("Today rescuers brought 41 passengers to land [1].", LATER, "Today"),
        ("The rescuers brought 41 passengers to land [1].", date(2024, 7, 1), ""),
        ("The ferry will sail again next week [2].", TODAY, ""),
        ("Its owner said that the ferry will sail again next week [2].", LATER, "next week"),
        ("The pier will open again in two weeks [2].", TODAY, ""),
        ("The pier will open again in two weeks [2].", LATER, "in two weeks"),
    ],
)
def test_an_old_article_does_not_bear_out_what_is_said_of_now(said: str, today: date, told_of: str) -> None:
    assert (judged(said, [FERRY, AHEAD], True, today).sentences == ()) == bool(told_of)


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


VISIT = hit_of("The foreign minister of Norvale, Ida Brand, came to Calder on Monday for talks. She wants a treaty.")


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Who is the foreign minister of Norvale?", []),
        ("Which minister came to Calder?", []),
        ("Why did the minister come to Calder?", ["She came to Calder on Monday for talks."]),
    ],
)
def test_a_pronoun_is_no_answer_to_who(question: str, told: list[str]) -> None:
    draft = judge("She came to Calder on Monday for talks [1].", [VISIT], Asked(question, TODAY), True)
    assert [sentence.text for sentence in draft.sentences] == told


def test_what_only_adds_to_an_answer_goes_with_it() -> None:
    text = "Ida Brand is the queen of Norvale [1]. She wants a treaty [1]."
    draft = judge(text, [VISIT], Asked("Who is Ida Brand?", TODAY), True)
    assert draft.sentences == draft.citations == ()
