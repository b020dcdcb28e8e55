"""How often a false sentence is called unsupported, and how often a true one is.

    python tests/benchmarks/support.py RGB.jsonl ARTICLES.jsonl [--half first|second] [--show 20]

RGB.jsonl has questions with passages that hold the right answer and the same passages with a false one put in its
place. Sentences with the answer, against the passages with the other one, and the other way round (the false answer is
then what the passages say, and the right one is the false claim):
  own       the passage's sentence that holds the answer
  shortened the same, up to the comma or dash behind the answer
  reworded  the same in other function words and common synonyms
  bare      the question as a statement with the answer in it, as a model would say it
The passages are parts of pages without their headlines; the question, which holds no answer and was the search that
found them, stands for the headline. A true sentence is checked against its own passage, a bare one against all of its
side: one must bear it out. A false one is caught when none of the other side's passages bears it out, since an answer
looks at all its sources; a passage of which the replacing forgot one mention, and which so still says the other answer,
is left out.

ARTICLES.jsonl gives 300 sentences altered in one place, 50 of each kind, each checked against the passage it comes
from:
  number, name             another value; a name of another article
  number near, name near   another number or name of the same passage, which is what models confuse
  date, negation           another weekday, day, month or year; a "not" put in or taken out
and 300 true ones, 50 of each kind: numbers in another notation, weekdays as dates, one clause dropped, said in another
word, contractions, and the speaker moved to the front. What is drawn depends on a fixed seed and on nothing measured.
Rows are halved by a hash of their id, so that rules can be found on the first half and read off the second.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from _claims import ALTERATIONS, TRUE_EDITS, bare, reworded, shortened

from assistant.types import Support
from assistant.verification.support import ground
from ingest.splitting import split
from vectorstore.models import Article, Hit
from vectorstore.sentences import sentence_spans

OF_EACH_KIND = 50


class Case(NamedTuple):
    """A sentence, the passages that are asked about it, and whether they say so."""

    id: str
    kind: str
    true: bool
    sentence: str
    hits: tuple[Hit, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rgb", type=Path)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--half", choices=("first", "second"), help="only these rows")
    parser.add_argument("--show", type=int, default=0, help="also print that many failures of each kind")
    options = parser.parse_args()
    sets = {"rgb_en_fact": replaced_facts(rows(options.rgb)), "articles": edited_sentences(rows(options.articles))}
    for name, cases in sets.items():
        for half in [options.half] if options.half else ["first", "second"]:
            report(f"{name}, {half} half", [case for case in cases if half_of(case.id) == half], options.show)


def rows(path: Path) -> list[dict[str, Any]]:
    with path.open() as stream:
        return [json.loads(line) for line in stream]


def half_of(id: str) -> str:
    return "first" if hashlib.sha256(id.encode()).digest()[0] % 2 == 0 else "second"


def hits_of(id: str, text: str, title: str = "", published: str = "") -> list[Hit]:
    day = datetime.fromisoformat(published).replace(tzinfo=UTC) if published else None
    article = Article(id, text, title=title, published_at=day)
    return [Hit(passage, article, 1.0) for passage in split(article)]


def replaced_facts(questions: Iterable[dict[str, Any]]) -> list[Case]:
    found: list[Case] = []
    for row in questions:
        right, wrong = row["positive"], row["positive_wrong"]
        found += sided(row, "right", right, wrong, row["answers"])
        found += sided(row, "false", wrong, right, row["fake_answers"])
    return found


def sided(row: dict[str, Any], side: str, mine: list[str], others: list[str], answers: list[str]) -> Iterator[Case]:
    """The cases whose sentences hold this side's answer."""
    own = [tuple(hits_of(row["id"], text, row["question"])) for text in mine]
    changed = [text for text in others if not any(answer.lower() in text.lower() for answer in answers)]
    other = tuple(hit for text in changed for hit in hits_of(row["id"], text, row["question"]))
    for text, hits in zip(mine, own, strict=True):
        for sentence in with_answer(text, answers):
            held = next(answer for answer in answers if answer in sentence)
            variants = {"own": sentence, "shortened": shortened(sentence, held), "reworded": reworded(sentence)}
            for kind, said in variants.items():
                if said:
                    yield Case(row["id"], f"{kind}, {side} answer", True, said, hits)
                    yield Case(row["id"], f"{kind}, {side} answer", False, said, other)
    if said := bare(row["question"], answers[0]):
        yield Case(row["id"], f"bare, {side} answer", True, said, tuple(hit for hits in own for hit in hits))
        yield Case(row["id"], f"bare, {side} answer", False, said, other)


def with_answer(text: str, answers: list[str]) -> list[str]:
    """The first sentence of a passage that holds the answer, without the mark of where the search engine cut it."""
    sentences = [text[start:end].strip(" .…·") for start, end in sentence_spans(text)]
    return [s for s in sentences if len(s.split()) > 4 and any(answer in s for answer in answers)][:1]


def edited_sentences(articles: list[dict[str, Any]]) -> list[Case]:
    """Each article gives one sentence at most."""
    draw = random.Random(2022)
    draw.shuffle(articles)
    found: Counter[tuple[str, bool]] = Counter()
    cases: list[Case] = []
    for row, other in zip(articles, articles[1:] + articles[:1], strict=True):
        hits = hits_of(row["id"], row["text"], row["title"], row["published_at"])
        wanted = [(edits, kind, edits is TRUE_EDITS) for edits in (ALTERATIONS, TRUE_EDITS) for kind in edits]
        draw.shuffle(wanted)
        wanted.sort(key=lambda each: found[each[1], each[2]])
        for edits, kind, true in wanted:
            case = edited(row, other["text"], hits, kind, true, edits[kind], draw)
            if found[kind, true] < OF_EACH_KIND and case:
                found[kind, true] += 1
                cases.append(case)
                break
    return cases


def edited(
    row: dict[str, Any], elsewhere: str, hits: list[Hit], kind: str, true: bool, edit: Any, draw: random.Random
) -> Case | None:
    for hit in draw.sample(hits, len(hits)):
        for start, end in sentence_spans(hit.passage.text):
            sentence = hit.passage.text[start:end]
            if 8 <= len(sentence.split()) <= 40 and sentence[-1] == "." and sentence.count('"') % 2 == 0:
                made = edit(sentence, hit.passage.text, elsewhere, row["published_at"], draw)
                if made and made != sentence:
                    return Case(row["id"], kind, true, made, (hit,))
    return None


def report(title: str, cases: list[Case], show: int) -> None:
    caught: dict[str, list[bool]] = defaultdict(list)
    alarms: dict[str, list[bool]] = defaultdict(list)
    failures: dict[str, list[str]] = defaultdict(list)
    began = time.perf_counter()
    for case in cases:
        grounds = [ground(case.sentence, hit) for hit in case.hits]
        unsupported = all(each.support is Support.UNSUPPORTED for each in grounds)
        (alarms if case.true else caught)[case.kind].append(unsupported)
        if unsupported == case.true:
            best = max(zip(grounds, case.hits, strict=True), key=lambda pair: pair[0].share)
            failures[f"{'false alarm' if case.true else 'missed'}, {case.kind}"].append(
                f"{case.sentence}\n      {best[1].article.text[best[0].start : best[0].end]!r}\n      {best[0].doubt}"
            )
    spent = 1000 * (time.perf_counter() - began) / max(1, sum(len(case.hits) for case in cases))
    print(f"\n## {title}: {len(cases)} claims, {spent:.1f} ms a passage\n")
    print("| kind | unsupported claims caught | false alarms on true ones |\n|---|---|---|")
    for kind in sorted({*caught, *alarms}):
        print(f"| {kind} | {share(caught[kind])} | {share(alarms[kind])} |")
    print(f"| **in all** | {share(sum(caught.values(), []))} | {share(sum(alarms.values(), []))} |")
    for kind, lines in failures.items():
        for line in lines[:show]:
            print(f"\n  {kind}: {line}")


def share(values: list[bool]) -> str:
    return f"{sum(values) / len(values):.2f} ({sum(values)} of {len(values)})" if values else ""


if __name__ == "__main__":
    main()
