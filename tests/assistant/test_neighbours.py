from __future__ import annotations

from datetime import date

import pytest
from newsroom import article, says

from assistant.answering.assistant import Assistant
from assistant.evidence import spans_of
from assistant.retrieval.search import joined
from assistant.types import Support
from ingest.splitting import split
from vectorstore.library import Library
from vectorstore.models import Hit

LONG = article("long", " ".join(f"The council met for the {n}th time and spoke of harbour dues." for n in range(90)))
OTHER = article("other", LONG.text)
AS_OF = date(2022, 7, 10)


def hits(*wanted: tuple[str, int]) -> list[Hit]:
    """Hits of `(article, position)`, the best first."""
    of = {each.id: (each, split(each)) for each in (LONG, OTHER)}
    ranks = enumerate(wanted, start=1)
    return [Hit(of[id][1][position], of[id][0], 1 / rank) for rank, (id, position) in ranks]


def places(found: list[Hit]) -> list[tuple[str, int, float]]:
    return [(hit.article.id, hit.passage.position, hit.score) for hit in found]


@pytest.mark.parametrize("positions", [(1, 2), (2, 1)], ids=["the first is better", "the second is better"])
def test_neighbours_become_one_hit_that_spans_both_word_for_word(positions: tuple[int, int]) -> None:
    given = hits(("long", positions[0]), ("other", 0), ("long", positions[1]))
    first, last = split(LONG)[1:3]
    [hit, other] = joined(given, 10)
    passage = hit.passage
    assert (passage.start, passage.end, passage.position) == (first.start, last.end, 1)
    assert LONG.text[passage.start : passage.end] == passage.text
    assert (hit.score, passage.id) == (1.0, given[0].passage.id)
    assert hit.parts == ((given[0].passage, 1.0), (given[2].passage, 1 / 3))
    assert other == given[1]


def test_the_place_that_is_freed_goes_to_the_next_hit() -> None:
    found = joined(hits(("long", 0), ("long", 1), ("other", 3), ("long", 4)), 2)
    assert places(found) == [("long", 0, 1.0), ("other", 3, 1 / 3)]


def test_at_most_two_are_joined_and_only_of_one_article() -> None:
    found = joined(hits(("long", 1), ("long", 2), ("long", 3), ("other", 2)), 10)
    assert places(found) == [("long", 1, 1.0), ("long", 3, 1 / 3), ("other", 2, 1 / 4)]


def test_what_lies_behind_the_last_place_joins_nothing() -> None:
    given = hits(("long", 0), ("other", 0), ("other", 4), ("long", 1))
    assert joined(given, 2) == given[:2]


def test_a_reader_sees_both_and_the_model_reads_the_better(library: Library) -> None:
    library.put([(LONG, split(LONG))])
    model = says("The council met for the 3th time and spoke of harbour dues. [1]")
    answer = Assistant(library, model).answer("When did the council speak of harbour dues?", as_of=AS_OF)
    source = answer.sources[0]
    better = source.parts[0][0]
    assert len(source.passage.text) > 1.5 * len(better.text)
    assert source.article.text[source.passage.start : source.passage.end] == source.passage.text
    assert better.text in model.asked[0] and source.passage.text not in model.asked[0]
    assert answer.sentences[0].support is Support.QUOTED
    assert all(c.article.text[c.start : c.end] == c.quote for c in answer.citations)
    assert Assistant(library, None).answer("When did the council speak of harbour dues?", as_of=AS_OF).citations


def test_the_neighbour_of_the_better_passage_is_quoted_too(library: Library) -> None:
    """The reason stands in the first of two passages that are found, and more of the question's words in the second."""
    reason = "The Ostrava line will open nine months late because its bridge sways when two trams cross."
    apology = "Councillor Ida Brandt apologised for the delay of the Ostrava tram line and the tram line's cost."
    filler = " ".join(f"Workers laid rail number {n} near the depot." for n in range(24))
    late = article("late", f"{reason} {filler}\n\n{apology} {filler}", title="Delay of the Ostrava tram line")
    library.put([(late, split(late))])
    answer = Assistant(library, None).answer("Why is the Ostrava tram line delayed?", as_of=AS_OF)
    assert reason in [citation.quote for citation in answer.citations]


def test_no_place_stays_empty_when_neighbours_join(library: Library) -> None:
    library.put([(LONG, split(LONG))])
    found = Assistant(library, None).search("When did the council speak of harbour dues?", as_of=AS_OF, top=6)
    assert len(found) == 6 and any(len(hit.passage.text) > 1.5 * len(split(LONG)[1].text) for hit in found)


def test_a_sentence_counts_as_its_own_passage_of_two_that_are_shown_as_one() -> None:
    [hit, _] = joined(hits(("long", 2), ("other", 0), ("long", 1)), 10)
    ends = {span.end: span.score for span in spans_of([hit])}
    middle = hit.parts[0][0].start
    assert {score for end, score in ends.items() if end <= middle} == {1 / 3}
    assert {score for end, score in ends.items() if end > middle} == {1.0}
