"""Keyword search over passages with BM25, a cache of the catalogue. The only file that imports tantivy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from math import exp, log
from pathlib import Path
from typing import Any, TypeAlias

import tantivy
from tantivy import Filter, Occur, Query, TextAnalyzerBuilder, Tokenizer

from vectorstore.errors import IndexUnusable
from vectorstore.languages import resolved, share_at_large, spelled_otherwise, stem, without_accents, words_in
from vectorstore.models import EVERYTHING, PassageRow, Scope, titled

# Looked for by itself: with what stands before it, each character of a text would be a beginning to try.
_IN_BRACKETS = re.compile(r"\s\(([^()\n]{2,80})\)")
_BEFORE_BRACKETS = re.compile(r"[^()\n]{2,200}\Z")
# Two capitals at least: "Smith (Ed)" and "the town (pop 500)" explain nothing.
_SHORT = re.compile(r"[\"“]?(?P<short>(?=(?:[^A-Z]*[A-Z]){2})[A-Z][\w&.-]{1,9})[\"”]?")
_LAST_WORD = re.compile(r"[\w&.-]+$")
_LONGEST_BEFORE = 200
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"\w")
_WRITER_BYTES = 50_000_000
# Longer words are garbage, and Tantivy's default of 40 would drop some that are not.
_LONGEST_WORD = 100
_COUNTED_ONE_BY_ONE = 1000
_LONGEST_SPELLING = 30
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What is not dated counts as older than all that is.
_UNDATED = -(2**62)
_MEANS = "="


def abbreviations(text: str) -> Iterator[tuple[str, str]]:
    """Each short form with its long one, whichever of the two stands in brackets.

    Schwartz and Hearst 2003, "A Simple Algorithm for Identifying Abbreviation Definitions in Biomedical Text".
    """
    for match in _IN_BRACKETS.finditer(text):
        start, inside = match.start(), match[1]
        if not (found := _BEFORE_BRACKETS.search(text[max(0, start - _LONGEST_BEFORE) : start])):
            continue
        before = found.group()
        if short := _SHORT.fullmatch(inside):
            long = _long(short["short"], " ".join(before.split()[-_most_words(short["short"]) :]))
        elif (last := _LAST_WORD.search(before)) and (short := _SHORT.fullmatch(last.group())):
            long = inside if _long(short["short"], inside) == inside else ""
        else:
            continue
        if long and len(long.split()) <= _most_words(short["short"]) and not _DIGIT.search(long):
            yield short["short"], long


def _most_words(short: str) -> int:
    return min(len(short) + 5, 2 * len(short))


def _long(short: str, text: str) -> str:
    """The end of the text in which the letters of the short form follow each other, the first at the start of a word;
    "" when there is none."""
    at = len(text)
    for index in range(len(short) - 1, -1, -1):
        if not _LETTER.match(short[index]):
            continue
        at -= 1
        while at >= 0 and not (
            text[at].lower() == short[index].lower() and (index or at == 0 or not text[at - 1].isalnum())
        ):
            at -= 1
        if at < 0:
            return ""
    long = text[at:]
    return long if len(long.split()) > 1 and len(long) > len(short) else ""


Conditions: TypeAlias = "Sequence[tuple[Occur, Query]]"


class KeywordIndex:
    """The words of all passages, each with its article's headline, byline, outlet and date. Threads may share one.

    In a folder it is what was committed last, whatever happened to the process that wrote it; without a folder it
    lives in memory. Raises IndexUnusable for files that are not whole or cannot be written.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder or Path()
        self._schema = _schema()
        self._analyzer = _analyzer()
        with self._telling():
            if folder:
                folder.mkdir(parents=True, exist_ok=True)
            self._index = tantivy.Index(self._schema, str(folder) if folder else None)
        self._index.register_tokenizer("english", self._analyzer)
        self._index.register_tokenizer("forms", TextAnalyzerBuilder(Tokenizer.whitespace()).build())
        self._index.register_tokenizer("as written", _as_written())
        self._index.config_reader("manual")
        self._writer: Any = None

    def close(self) -> None:
        """Let running merges end, and give the folder back."""
        writer, self._writer = self._writer, None
        if writer is not None:
            with self._telling():
                writer.wait_merging_threads()

    def count(self) -> int:
        """Passages held."""
        return self._searcher().num_docs

    def keys(self) -> list[int]:
        """The keys of all passages held, which reads every part of the index that a search needs to name a passage."""
        searcher = self._searcher()
        held = searcher.search(Query.all_query(), max(1, searcher.num_docs), count=False)
        return self._keys(searcher, held)

    # -- writing, by one thread at a time; nothing is seen before `commit` -------------------------------------------

    def add(self, rows: Iterable[PassageRow]) -> None:
        """Add or replace."""
        for row in rows:
            self.remove([row.passage.id])
            published, text = row.article.published_at, f"{titled(row.article)}\n{row.passage.text}"
            fields = {
                "id": row.passage.id,
                "key": row.key,
                "words": text,
                "spellings": text,
                "abbreviations": list(dict.fromkeys(_both_ways(text))),
                "article": row.article.id,
                "outlet": row.article.outlet,
                "article_language": row.article.language,
                "published": _moment(published) if published else _UNDATED,
            }
            if (language := resolved(row.article.language, row.passage.text)) not in ("", "en"):
                fields |= {"plain_forms": " ".join(_forms(words_in(text, language), language)), "language": language}
            with self._telling():
                self._writing().add_document(tantivy.Document.from_dict(fields, self._schema))

    def remove(self, passage_ids: Iterable[str]) -> None:
        """Take out those of these that it holds."""
        with self._telling():
            for id in passage_ids:
                self._writing().delete_documents_by_term("id", id)

    def clear(self) -> None:
        """Take out everything."""
        with self._telling():
            self._writing().delete_all_documents()

    def commit(self) -> None:
        if self._writer is not None:
            with self._telling():
                self._writer.commit()

    # -- searching -------------------------------------------------------------------------------------------------

    def search(
        self, words: Mapping[str, float], scope: Scope, limit: int, forms: Iterable[Sequence[str]] = ()
    ) -> dict[int, float]:
        """The `limit` best passages within the scope in which any of the words stands: their keys, and BM25 > 0.

        A word counts as much as its weight says. One that is several to the index, such as "open-source" or a quoted
        phrase, is found where these follow each other. Of `forms` that mean the same the best one counts.
        """
        searcher = self._searcher()
        wanted = [
            (Occur.Should, query) for word, weight in words.items() for query in self._word(word, weight, searcher)
        ]
        for alike in forms:
            if either := [query for form in alike for query in self._word(form, 1.0, searcher)]:
                wanted.append((Occur.Should, Query.disjunction_max_query(either)))
        if not wanted:
            return {}
        query = Query.boolean_query([(Occur.Must, Query.boolean_query(wanted)), *self.within(scope)])
        found = searcher.search(query, limit, count=False)
        scores = [score for score, _ in found.hits]
        return dict(zip(self._keys(searcher, found), scores, strict=True))

    def holding(self, words: Sequence[str], limit: int, scope: Scope = EVERYTHING) -> list[set[int]]:
        """For each word the keys of the passages of the scope that it stands in, or that its article's heading is over,
        about `limit` of them, the best first; of several words also those in which all of them stand."""
        searcher, conditions = self._searcher(), self.within(scope)
        queries = [
            Query.boolean_query([(Occur.Should, each) for each in self._word(word, 1.0, searcher)]) for word in words
        ]
        if conditions:
            queries = [Query.boolean_query([(Occur.Must, each), *conditions]) for each in queries]
        found = [set(self._keys(searcher, searcher.search(query, limit, count=False))) for query in queries]
        if queries[1:]:
            every = Query.boolean_query([(Occur.Must, query) for query in queries])
            together = set(self._keys(searcher, searcher.search(every, limit, count=False)))
            found = [each | together for each in found]
        return found

    def frequency(self, word: str, conditions: Conditions = ()) -> int:
        """In how many passages, or their headings, the word stands in any form, of those that lie `within` a scope; of
        one in very many, those that were removed may be counted too."""
        searcher: Any = self._searcher()
        parts = self._analyzer.analyze(word)
        if conditions:
            found = [Query.boolean_query([(Occur.Must, each), *conditions]) for each in self._word(word, 1.0, searcher)]
            return sum(int(searcher.search(each, 1, count=True).count) for each in found)
        if len(parts) == 1 and (held := int(searcher.doc_freq("words", parts[0]))) >= _COUNTED_ONE_BY_ONE:
            return held
        return sum(int(searcher.search(query, 1, count=True).count) for query in self._word(word, 1.0, searcher))

    def spellings(self, beginning: str) -> dict[str, int]:
        """The words as written, in lower case, that begin so, and in how many passages each stands, or stood: what was
        removed is forgotten when Tantivy next merges its files."""
        searcher: Any = self._searcher()
        return dict(searcher.terms_with_prefix("spellings", beginning))

    def abbreviations(self, beginning: str) -> list[tuple[str, str]]:
        """Short forms and long ones, in lower case, that begin so, each with what passages have for it; the most
        frequent first."""
        searcher: Any = self._searcher()
        found = searcher.terms_with_prefix("abbreviations", beginning.casefold())
        return [(form, other) for form, _, other in (term.partition(_MEANS) for term, _ in found)]

    def _word(self, word: str, weight: float, searcher: Any) -> list[Query]:
        """Of its forms in each language that the library has the best one counts."""
        parts = self._analyzer.analyze(word)
        if not parts:
            return []
        one = Query.term_query(self._schema, "words", parts[0])
        found = [Query.phrase_query(self._schema, "words", list(parts)) if parts[1:] else one]
        if languages := [name for name, _ in searcher.terms_with_prefix("language", "")]:
            ways = dict.fromkeys(form for language in languages for form in _forms([word.lower()], language))
            ways |= dict.fromkeys(spelled_otherwise(word.lower()))
            found += [
                Query.term_query(self._schema, "plain_forms", way)
                for way in ways
                if searcher.doc_freq("plain_forms", way)
            ]
        return [Query.boost_query(Query.disjunction_max_query(found) if found[1:] else found[0], weight)]

    def within(self, scope: Scope) -> Conditions:
        """What keeps a search to it; to make them takes longer the more articles are named. See storage/rows.py, of
        which this is the other half: what is not dated lies before every `until`."""
        conditions = []
        if scope.since or scope.until:
            earliest, latest = (moment and _moment(moment) for moment in (scope.since, scope.until))
            whole = tantivy.FieldType.Integer
            conditions.append(Query.range_query(self._schema, "published", whole, earliest, latest))
        if scope.outlets:
            conditions.append(Query.term_set_query(self._schema, "outlet", scope.outlets))
        if scope.languages:
            conditions.append(Query.term_set_query(self._schema, "article_language", scope.languages))
        if scope.articles is not None:
            conditions.append(Query.term_set_query(self._schema, "article", scope.articles))
        needed = [(Occur.Must, Query.const_score_query(condition, 0.0)) for condition in conditions]
        if scope.without:
            needed.append((Occur.MustNot, Query.term_set_query(self._schema, "article", scope.without)))
        return needed

    def _keys(self, searcher: Any, found: Any) -> list[int]:
        keys: list[int] = searcher.fast_field_values("key", [address for _, address in found.hits])
        return keys

    def _searcher(self) -> tantivy.Searcher:
        with self._telling():
            self._index.reload()
            return self._index.searcher()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except (ValueError, OSError) as error:  # Tantivy has one error for all that can be wrong with a file
            raise IndexUnusable.at(self._folder, error) from error

    def _writing(self) -> Any:
        if self._writer is None:
            self._writer = self._index.writer(_WRITER_BYTES, 1)
        return self._writer


def _moment(moment: datetime) -> int:
    """Microseconds, exactly."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in ("id", "article", "outlet", "article_language"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("key", fast=True)
    builder.add_integer_field("published", fast=True)
    builder.add_text_field("words", tokenizer_name="english")
    builder.add_text_field("plain_forms", tokenizer_name="forms", index_option="freq")
    builder.add_text_field("language", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("spellings", tokenizer_name="as written", index_option="basic")
    builder.add_text_field("abbreviations", tokenizer_name="raw", index_option="basic")
    return builder.build()


def _both_ways(text: str) -> Iterator[str]:
    for short, long in abbreviations(text):
        yield f"{_key(short)}{_MEANS}{long}"
        yield f"{_key(long)}{_MEANS}{short}"


def _key(form: str) -> str:
    return " ".join(form.casefold().split())


def _forms(words: Iterable[str], language: str) -> Iterator[str]:
    """The words without accents, and their stems where these are others."""
    for word in words:
        plain, stemmed = without_accents(word), stem(word, language)
        yield plain
        if stemmed != plain:
            yield stemmed


def _analyzer() -> tantivy.TextAnalyzer:
    """Words without case and accents, plurals and tenses folded by the Snowball stemmer for English."""
    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(_LONGEST_WORD))
    return builder.filter(Filter.lowercase()).filter(Filter.ascii_fold()).filter(Filter.stemmer("English")).build()


def _as_written() -> tantivy.TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(_LONGEST_SPELLING))
    return builder.filter(Filter.lowercase()).build()


_OF_OTHER_THINGS = 300
_WORDS_OF_A_PASSAGE = 150
# What is written less often may be a slip that many make: "teh".
_NO_SLIP = 1.2e-6


class Vocabulary:
    """As the library is at the moment, or what of it lies within a scope; for one question, in a language that ""
    leaves open."""

    def __init__(self, index: KeywordIndex, language: str = "", scope: Scope = EVERYTHING) -> None:
        self._index = index
        self._language = language
        self._conditions = index.within(scope)
        self._counted: dict[str, int] = {}

    def frequency(self, word: str) -> int:
        """In how many passages, their headings or bylines the word, or a phrase, stands in any form."""
        if word not in self._counted:
            self._counted[word] = self._index.frequency(word, self._conditions)
        return self._counted[word]

    def rarity(self, words: Iterable[str]) -> dict[str, float]:
        """How much each word tells: its inverse document frequency over all passages, more than 0 (as in BM25; Spärck
        Jones 1972, "A Statistical Interpretation of Term Specificity").

        A few articles on one thing all name it, and it is no common word for that; nor is a word telling for being in
        none of a few. So some hundred passages in the language at large are counted beside those that are there.
        """
        held = self._index.count() + _OF_OTHER_THINGS
        found = {word: self.frequency(word) + _OF_OTHER_THINGS * self._at_large(word) for word in words}
        return {word: log(1 + (held - among + 0.5) / (among + 0.5)) for word, among in found.items()}

    def _at_large(self, word: str) -> float:
        """The share of passages in the language at large in which a word stands."""
        return 1 - exp(-_WORDS_OF_A_PASSAGE * share_at_large(word, self._language))

    def spellings(self, beginning: str) -> Mapping[str, int]:
        """The words as written, in lower case, that begin so, and in how many passages each stands, or stood before.
        They are those of the whole library: which of them stand in the scope, `frequency` tells."""
        return self._index.spellings(beginning)

    def abbreviations(self, beginning: str) -> list[tuple[str, str]]:
        """Short forms and long ones, in lower case, that begin so, each with what articles have for it: "who" with
        "World Health Organization", and the other way round. The most frequent first."""
        found = self._index.abbreviations(beginning)
        return found if not self._conditions else [pair for pair in found if all(map(self.frequency, pair))]

    def common(self, word: str, least: float = _NO_SLIP) -> bool:
        """Whether at least that share of all words written in the language are this one: then it is spelled rightly,
        found here or not."""
        return share_at_large(word, self._language) >= least
