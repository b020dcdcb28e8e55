"""How many sentences of tests/vectorstore/sentences_by_language.yaml end where they should, by language.

    python tests/benchmarks/sentence_ends.py [--part tuning|held-out] [--undeclared] [--wrong]

right: ends found of those that there are; false: ends found where there is none; score: right over all of both. pysbd,
where it is installed, is shown beside it for the languages that it has.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from vectorstore.sentences import sentence_spans

_TEXTS = Path(__file__).parent.parent / "vectorstore" / "sentences_by_language.yaml"
_MARK = "‖"


class Text(NamedTuple):
    language: str
    part: str
    text: str
    ends: frozenset[int]


def texts() -> Iterator[Text]:
    """The texts without their marks, and where each sentence ends in them."""
    for row in yaml.safe_load(_TEXTS.read_text(encoding="utf-8")):
        sentences = row["text"].split(_MARK)
        text = "".join(sentences)
        ends = [len("".join(sentences[: index + 1])) for index in range(len(sentences))]
        yield Text(row["language"], row["part"], text, frozenset(ends))


def found(spans: Iterable[tuple[int, int]]) -> frozenset[int]:
    return frozenset(end for _, end in spans)


def pysbd_spans(text: str, language: str) -> list[tuple[int, int]] | None:
    """Where pysbd's sentences lie in the text; None where it is not installed or has not the language."""
    try:
        from pysbd import Segmenter

        sentences = Segmenter(language=language, clean=False).segment(text)
    except (ImportError, ValueError):
        return None
    spans, at = [], 0
    for sentence in map(str.strip, sentences):
        if (start := text.find(sentence, at)) >= 0:  # it may have changed the text
            at = start + len(sentence)
            spans.append((start, at))
    return spans


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=("tuning", "held-out"))
    parser.add_argument("--undeclared", action="store_true", help="without telling the language")
    parser.add_argument("--wrong", action="store_true", help="show each end that is missed or false")
    options = parser.parse_args()
    print("| part | language | right | false | score | pysbd |", "|---|---|---|---|---|---|", sep="\n")
    total: dict[str, Counter[str]] = {}
    for each in (each for each in texts() if options.part in (None, each.part)):
        language, part, text, ends = each
        ours = found(sentence_spans(text, "" if options.undeclared else language))
        theirs = pysbd_spans(text, language)
        counts = f"{len(ours & ends)}/{len(ends)} | {len(ours - ends)} | {score(ends, ours)}"
        print(f"| {part} | {language} | {counts} | {'-' if theirs is None else score(ends, found(theirs))} |")
        counted = total.setdefault(part, Counter())
        counted.update(right=len(ours & ends), of=len(ends), false=len(ours - ends), whole=ours == ends, texts=1)
        for end in sorted(ours ^ ends) if options.wrong else ():
            print(
                "  missed" if end in ends else "  false", repr(text[max(0, end - 30) : end]), repr(text[end : end + 20])
            )
    for part, counted in total.items():
        share = counted["right"] / (counted["of"] + counted["false"])
        print(
            f"{part}: {counted['right']} of {counted['of']} right, {counted['false']} false, score {share:.3f}; ",
            end="",
        )
        print(f"every end right in {counted['whole']} of {counted['texts']} texts")


def score(wanted: frozenset[int], ends: frozenset[int]) -> str:
    return f"{len(wanted & ends) / len(wanted | ends):.2f}"


if __name__ == "__main__":
    main()
