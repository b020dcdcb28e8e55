"""Which passages a question is about: BM25 and meaning fused, the right time before others, each article once.

Neighbouring passages are joined, of copies of one story one is shown, and what the first search found leads to a second
one for questions that describe what they ask about instead of naming it: "How many jobs go at the company whose chief
executive steps down?".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

from assistant.query.reading import Reading
from assistant.retrieval.ranking import ranked, weighed
from assistant.text.names import names
from assistant.text.words import key_stems, key_words, length, plain, stems_of, words_of
from vectorstore.languages import language_of
from vectorstore.library import Library
from vectorstore.models import Candidate, Hit, Scope, heading, titled
from vectorstore.sentences import sentence_spans

# A clause inside the question tells which one is meant, or whose.
_DESCRIBED = re.compile(r"\w (?:the|an?) (?:[\w'’-]+ ){1,4}?(?:whose|who|which|where)\b", re.I)
_FIRST = 3
_MOST_OF_IT = 0.8
_UNKNOWN = datetime.max.replace(tzinfo=UTC)
# Each search brings this many: a passage that both like only somewhat can still win, above all when it is new.
_CANDIDATES = 200
_BEST_FIRST = 5
# So many times as many as are wanted are looked through for the question's names.
_NAMES_AMONG = 2
# What a passage loses whose article has none of them: of 360 quiz questions no article falls out of the first four.
_UNNAMED = 0.3
# Of 150 words of English news.
_LETTERS = 750

Rerank = Callable[[str, Sequence[str]], Sequence[float]]
"""How well each text fits the question, from 0 to 1."""
Item = TypeVar("Item")


def bridge(question: str, hits: Sequence[Hit]) -> str:
    """The name in the best article that the question does not give, where no article found holds most of what the
    question says; "" when one does, or when the question describes nothing."""
    asked = key_stems(question)
    if not hits or not _DESCRIBED.search(question) or any(_held(asked, hit) >= _MOST_OF_IT for hit in hits[:_FIRST]):
        return ""
    article, passage = hits[0].article, hits[0].passage
    given = set(words_of(f"{question} {article.outlet}"))
    found = dict.fromkeys(name.text.removeprefix("the ") for name in names(passage.text, article.text))
    # People, companies and places that are introduced have names of several words.
    fitting = [name for name in found if " " in name and given.isdisjoint(words_of(name))]
    return max(fitting, key=article.text.count, default="")


def _held(asked: set[str], hit: Hit) -> float:
    said = stems_of(f"{titled(hit.article)} {hit.article.text}")
    return len(asked & said) / len(asked) if asked else 1.0


def joined(hits: Iterable[Hit], top: int) -> list[Hit]:
    """The first `top` hits, neighbours as one at the place of the better; the other's place goes to the next hit.

    Two passages at most become one, so that a card stays short.
    """
    found: list[Hit] = []
    for hit in hits:
        beside = next((place for place, held in enumerate(found) if _neighbours(held, hit)), None)
        if beside is not None:
            found[beside] = _both(found[beside], hit)
        elif len(found) < top:
            found.append(hit)
        else:
            break
    return found


def widened(hits: Iterable[Hit], known: Callable[[str], bool]) -> list[Hit]:
    """The hits with the sentences around each, as far as a passage of English news reaches, and none within another.

    Not those of articles in a language that the embedder knows: others it cuts into many tokens, so that as much as it
    reads is a few sentences.
    """
    found: list[Hit] = []
    for hit in (hit if known(hit.article.language) else _widened(hit) for hit in hits):
        if not any(_within(hit, held) for held in found):
            found.append(hit)
    return found


def _widened(hit: Hit) -> Hit:
    text, passage = hit.article.text, hit.passage
    spans = sentence_spans(text, hit.article.language)
    inside = [at for at, (start, end) in enumerate(spans) if start < passage.end and passage.start < end]
    first, last = inside[0], inside[-1]
    while length(text[spans[first][0] : spans[last][1]]) < _LETTERS and (first or last + 1 < len(spans)):
        first, last = max(0, first - 1), min(last + 1, len(spans) - 1)
    start, end = min(passage.start, spans[first][0]), max(passage.end, spans[last][1])
    return replace(hit, passage=replace(passage, start=start, end=end, text=text[start:end]), parts=())


def _within(hit: Hit, held: Hit) -> bool:
    same = hit.article.id == held.article.id
    return same and held.passage.start <= hit.passage.start and hit.passage.end <= held.passage.end


def _neighbours(held: Hit, hit: Hit) -> bool:
    side_by_side = abs(held.passage.position - hit.passage.position) == 1
    return held.article.id == hit.article.id and side_by_side and not held.parts


def _both(better: Hit, other: Hit) -> Hit:
    first, last = sorted([better.passage, other.passage], key=lambda passage: passage.position)
    text = better.article.text[first.start : last.end]
    passage = replace(better.passage, position=first.position, start=first.start, end=last.end, text=text)
    parts = tuple((hit.passage, hit.score) for hit in (better, other))
    return replace(better, passage=passage, parts=parts)


def naming(hits: Sequence[Hit], question: str) -> list[Hit]:
    """The hits with less for those whose article has none of the question's names: of two accidents much alike the one
    in the right place comes first, however near the other is in meaning.

    A name is what the articles found always write with a capital, however it was typed. In German every noun has one,
    and most scripts have none: there the order stays.
    """
    texts = [f"{titled(hit.article)} {hit.article.text}" for hit in hits]
    named = [] if language_of(question) == "de" else [word for word in key_words(question) if _is_name(word, texts)]
    if not named:
        return [*hits]
    lowered = [
        hit if any(_names(text, word) for word in named) else replace(hit, score=hit.score * (1 - _UNNAMED))
        for hit, text in zip(hits, texts, strict=True)
    ]
    return sorted(lowered, key=lambda hit: -hit.score)


def _is_name(word: str, texts: Sequence[str]) -> bool:
    return not any(_holds(text, word) for text in texts) and any(_names(text, word) for text in texts)


def _names(text: str, word: str) -> bool:
    """Whether the word stands in it with a capital, or in capitals."""
    return _holds(text, word[0].upper() + word[1:]) or _holds(text, word.upper())


def _holds(text: str, word: str) -> bool:
    """As a whole word. Most texts lack it, which is seen without a pattern in a hundredth of the time."""
    return word in text and re.search(rf"\b{re.escape(word)}(?:['’]?s)?\b", text) is not None


def one_of_each_story(ranked: Sequence[tuple[Candidate, float]]) -> list[tuple[Candidate, float]]:
    """The same passages in their order without those of copies.

    Of each story the article whose passage has the best score stays; of equals, the one published first.
    """
    shown: dict[int, str] = {}
    for candidate, _ in sorted(ranked, key=lambda pair: (-pair[1], pair[0].published_at or _UNKNOWN)):
        shown.setdefault(candidate.story, candidate.article_id)
    return [pair for pair in ranked if shown[pair[0].story] == pair[0].article_id]


class Found(NamedTuple):
    """`hits`, best first, and the highest cosine between the question and any passage (0 when there is none)."""

    hits: list[Hit]
    similarity: float


def retrieve(
    library: Library,
    reading: Reading,
    as_of: datetime,
    scope: Scope,
    top: int = 10,
    rerank: Rerank | None = None,
    of_names: bool = True,
) -> Found:
    """The `top` best passages within the scope, best first, the first five of five articles where there are so many.

    The scores are those of ranking.py and, with `of_names`, of `naming`: one answer stands where the question's names
    do, while of many articles on one thing some name it otherwise. Of a story that stands in several articles one is
    shown. `rerank` puts the passages found into an order of its own, in which time, outlet and phrases count as before.
    """
    found, held = library.steady(lambda: _retrieved(library, reading, as_of, scope, top, of_names))
    if not rerank:
        return found
    reranked = _reranked(found.hits, rerank, reading, as_of, held)
    return found._replace(hits=_spread(reranked, lambda hit: hit.article.id))


def _retrieved(
    library: Library, reading: Reading, as_of: datetime, scope: Scope, top: int, of_names: bool
) -> tuple[Found, Mapping[str, int]]:
    """What is found, and how many of the phrases each candidate holds."""
    candidates = [*{each.passage_id: each for each in _candidates(library, reading, as_of, scope)}.values()]
    held = _phrases_held(library, reading.phrases, candidates)
    best = one_of_each_story(ranked(candidates, reading, as_of, held))[: _NAMES_AMONG * top]
    hits = library.hits([(candidate.passage_id, score) for candidate, score in best], as_of)
    ordered = naming(hits, reading.timing.rest) if of_names else hits
    spread = _spread(ordered, lambda hit: hit.article.id)
    return Found(spread[:top], max((candidate.similarity for candidate in candidates), default=0.0)), held


def _candidates(library: Library, reading: Reading, as_of: datetime, scope: Scope) -> Iterable[Candidate]:
    """Those of the whole scope, and those of what the question names: few may be from an old week or a small outlet."""
    yield from library.search(reading.texts, reading.words, scope, _CANDIDATES, reading.sought)
    if named := _named(reading, scope, as_of):
        yield from library.search(reading.texts, reading.words, named, _CANDIDATES, reading.sought)


def _phrases_held(library: Library, phrases: Sequence[str], candidates: Sequence[Candidate]) -> dict[str, int]:
    """Passage id -> how many of the phrases stand in the passage or its headline, word for word.

    BM25 brings such passages in, but knows stems only and weighs a phrase as one word among others.
    """
    hits = library.hits([(candidate.passage_id, 0.0) for candidate in candidates]) if phrases else []
    texts = {hit.passage.id: f" {plain(hit.article.title)} | {plain(hit.passage.text)} " for hit in hits}
    return {id: sum(f" {phrase} " in text for phrase in phrases) for id, text in texts.items()}


def _named(reading: Reading, scope: Scope, as_of: datetime) -> Scope | None:
    """The part of the scope that the question names, None when it names none."""
    window, outlets = reading.window, reading.outlets
    if not (window and window.closes and window.closes < as_of) and not outlets:
        return None
    opens, closes = (window.opens, window.closes) if window else (None, None)
    since = max(filter(None, (scope.since, opens)), default=None)
    until = min(filter(None, (scope.until, closes)), default=None)
    return replace(scope, since=since, until=until, outlets=scope.outlets or outlets)


def _reranked(
    hits: Sequence[Hit], rerank: Rerank, reading: Reading, as_of: datetime, phrases: Mapping[str, int]
) -> list[Hit]:
    relevances = rerank(reading.standalone, [f"{heading(hit.article)}\n{hit.passage.text}" for hit in hits])
    rescored = []
    for hit, relevance in zip(hits, relevances, strict=True):
        held = phrases.get(hit.passage.id, 0)
        score = weighed(relevance, hit.article.published_at, hit.article.outlet, held, reading, as_of)
        rescored.append(replace(hit, score=score))
    return sorted(rescored, key=lambda hit: -hit.score)


def _spread(items: Sequence[Item], article: Callable[[Item], str]) -> list[Item]:
    """The same items, with those moved behind the first five that would be a second one of their article there."""
    first: list[Item] = []
    later: list[Item] = []
    taken: set[str] = set()
    for item in items:
        if len(first) < _BEST_FIRST and article(item) not in taken:
            first.append(item)
            taken.add(article(item))
        else:
            later.append(item)
    return first + later
