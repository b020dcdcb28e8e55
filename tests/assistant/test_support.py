from __future__ import annotations

import pytest
from newsroom import hit_of

from assistant.models import Support
from assistant.support import ground

PASSAGE = (
    "The board met in private. The company sold 1,200 cars in May 2022, Ann Lowe said. It did not raise its prices. "
    "“We’ll need to be careful,” she added."
)


@pytest.mark.parametrize(
    ("sentence", "support"),
    [
        pytest.param("The company sold 1,200 cars in May 2022, Ann Lowe said.", Support.QUOTED, id="word for word"),
        pytest.param('"We\'ll need to be careful," she added.', Support.QUOTED, id="other quotation marks"),
        pytest.param("Ann Lowe said the company sold 1,200 cars in May.", Support.SUPPORTED, id="other order"),
        pytest.param("The company sold 2,100 cars in May, Ann Lowe said.", Support.UNSUPPORTED, id="another number"),
        pytest.param("The company sold 1,200 cars in May, Bob Lowe said.", Support.UNSUPPORTED, id="another name"),
        pytest.param("The company did raise its prices.", Support.UNSUPPORTED, id="the negation is gone"),
        pytest.param("Shareholders were delighted with record profits.", Support.UNSUPPORTED, id="something else"),
    ],
)
def test_a_sentence_is_judged_by_the_passage(sentence: str, support: Support) -> None:
    assert ground(sentence, hit_of(PASSAGE)).support is support


def test_the_ground_is_the_exact_stretch_of_the_article() -> None:
    hit = hit_of(PASSAGE)
    found = ground("Ann Lowe said 1,200 cars were sold by the company in May.", hit)
    assert hit.article.text[found.start : found.end] == "The company sold 1,200 cars in May 2022, Ann Lowe said."


def test_the_date_of_the_article_counts_as_known() -> None:
    assert ground("The company sold 1,200 cars by July 2022.", hit_of(PASSAGE)).support is Support.SUPPORTED
