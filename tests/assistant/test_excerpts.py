from __future__ import annotations

import numpy as np
from newsroom import hit_of

from assistant.evidence import Evidence, Span
from assistant.evidence.context import excerpts

FERRY = hit_of("A ferry ran aground near Skerry harbour. Rescuers brought 41 passengers to land. Nobody was killed.")


def evidence_of(*sentences: tuple[int, str, float]) -> Evidence:
    spans = []
    for number, sentence, _ in sentences:
        start = FERRY.article.text.index(sentence) if sentence in FERRY.article.text else 0
        hit = FERRY
        if not start and not FERRY.article.text.startswith(sentence):
            hit = hit_of(sentence)
        spans.append(Span(number, hit, start, start + len(sentence)))
    worths = np.array([worth for *_, worth in sentences], np.float32)
    return Evidence(tuple(spans), worths, worths, np.eye(len(spans), dtype=np.float32))


def test_the_sentences_worth_most_are_read_in_the_order_of_their_article() -> None:
    evidence = evidence_of(
        (2, "Nobody was killed.", 2.0), (2, "A ferry ran aground near Skerry harbour.", 1.0), (1, "It sank.", 0.5)
    )
    assert [(each.number, each.text) for each in excerpts(evidence)] == [
        (1, "It sank."),
        (2, "A ferry ran aground near Skerry harbour. Nobody was killed."),
    ]


def test_what_does_not_fit_is_left_out_and_what_is_shorter_still_taken() -> None:
    long, longer = "Word " * 150, "Other " * 100
    read = excerpts(evidence_of((1, long, 3.0), (2, longer, 2.0), (3, "It sank.", 1.0)))
    assert [each.number for each in read] == [1, 3]


def test_one_sentence_is_read_however_long_it_is() -> None:
    assert len(excerpts(evidence_of((1, "Word " * 500, 3.0)))) == 1


def test_only_the_first_sources_are_read() -> None:
    assert [each.number for each in excerpts(evidence_of((4, "It sank.", 3.0), (3, "It swam.", 0.1)))] == [3]


def test_of_nothing_nothing_is_read() -> None:
    empty = evidence_of((1, "It sank.", 1.0))
    assert excerpts(replace_spans(empty)) == ()


def replace_spans(evidence: Evidence) -> Evidence:
    return evidence._replace(spans=(), worths=evidence.worths[:0])
