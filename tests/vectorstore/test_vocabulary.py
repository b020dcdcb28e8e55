from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import tantivy
from stacks import WordEmbedder, by_words, story

from vectorstore.indexes import keywords
from vectorstore.library import Library

REPORT = story("report", "The Harbour Police Union (HPU) called a strike in Norhaven.")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


def test_words_are_known_as_they_are_written_and_counted_in_any_form(folder: Path) -> None:
    with Library(folder, WordEmbedder()) as library:
        library.put([REPORT])
        known = library.vocabulary()
        assert known.spellings("norh") == {"norhaven": 1}
        assert (known.frequency("strikes"), known.frequency("police union"), known.frequency("walkout")) == (1, 1, 0)
        assert known.abbreviations("HPU") == [("hpu", "Harbour Police Union")]
        assert known.abbreviations("harbour") == [("harbour police union", "HPU")]


def test_words_of_an_article_that_was_removed_are_known_no_more(folder: Path) -> None:
    with Library(folder, WordEmbedder()) as library:
        library.put([REPORT, story("other", "Nothing else happened.")])
        library.remove("report")
        assert library.vocabulary().frequency("strike") == 0
        assert by_words(library, "strike") == set()


@pytest.mark.parametrize("odd", ["", "=", "a=b", "\0", "🙂", "x" * 5000, "*"])
def test_odd_words_are_simply_unknown(folder: Path, odd: str) -> None:
    with Library(folder, WordEmbedder()) as library:
        library.put([REPORT])
        known = library.vocabulary()
        assert known.frequency(odd) == 0
        assert all(form.startswith(odd) for form, _ in known.abbreviations(odd))


def test_an_author_is_found_though_the_passage_does_not_name_them(folder: Path) -> None:
    article, passages = REPORT
    with Library(folder, WordEmbedder()) as library:
        library.put([(replace(article, authors=("Ana Lind",)), passages)])
        assert by_words(library, "Lind") == {"report"}
        assert [article.text[each.start : each.end] for each in library.passages_of("report")] == [
            each.text for each in passages
        ]


def test_an_index_of_an_earlier_version_is_made_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def earlier() -> tantivy.Schema:
        builder = tantivy.SchemaBuilder()
        for name in ("id", "article", "outlet"):
            builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
        builder.add_unsigned_field("key", fast=True)
        builder.add_integer_field("published", fast=True)
        builder.add_text_field("words", tokenizer_name="english")
        return builder.build()

    with Library(folder, WordEmbedder()) as library:
        library.put([REPORT])
    with monkeypatch.context() as patched:
        patched.setattr(keywords, "_schema", earlier)
        with Library(folder, WordEmbedder()) as library:
            library.warm()
    with Library(folder, WordEmbedder()) as library:
        assert library.vocabulary().spellings("norh") == {"norhaven": 1}
