from __future__ import annotations

from datetime import date

import pytest
from newsroom import article, says

from assistant.answering.assistant import Assistant
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
    assert (hit.score, passage.id, hit.better) == (1.0, given[0].passage.id, given[0].passage)
    assert other == given[1]


def test_the_place_that_is_freed_goes_to_the_next_hit() -> None:
    found = joined(hits(("long", 0), ("long", 1), ("other", 3), ("long", 4)), 2)
    assert places(found) == [("long", 0, 1.0), ("other", 3, 1 / 3)]


def test_at_most_two_are_joined_and_only_of_one_article() -> None:
    found = joined(hits(("long", 1), ("long", 2), ("long", 3), ("other", 2)), 10)
    assert places(found) == [("long", 1, 1.0), ("long", 3, 1 / 3), ("other", 2, 1 / 4)]


def test_what_lies_behind_the_last_place_joins_nothing() -> None:
    assert [hit.better for hit in joined(hits(("long", 0), ("other", 0), ("other", 4), ("long", 1)), 2)] == [None, None]


def test_a_reader_sees_both_and_the_model_reads_the_better(library: Library) -> None:
    library.put([(LONG, split(LONG))])
    model = says("The council met for the 3th time and spoke of harbour dues. [1]")
    answer = Assistant(library, model).answer("When did the council speak of harbour dues?", as_of=AS_OF)
    source = answer.sources[0]
    assert source.better and len(source.passage.text) > 1.5 * len(source.better.text)
    assert source.article.text[source.passage.start : source.passage.end] == source.passage.text
    assert source.better.text in model.asked[0] and source.passage.text not in model.asked[0]
    assert answer.sentences[0].support is Support.QUOTED
    assert all(c.article.text[c.start : c.end] == c.quote for c in answer.citations)
    assert Assistant(library, None).answer("When did the council speak of harbour dues?", as_of=AS_OF).citations


def test_no_place_stays_empty_when_neighbours_join(library: Library) -> None:
    library.put([(LONG, split(LONG))])
    found = Assistant(library, None).search("When did the council speak of harbour dues?", as_of=AS_OF, top=6)
    assert len(found) == 6 and any(hit.better for hit in found)
