"""What the table and a question are kept to: tags, marks, saved filters and single articles, and what is none."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from ui_desk import META, NOW, ScriptedDesk

from assistant.ui.library_tab import LibraryTab
from assistant.ui.limits_panel import LimitsPanel, both
from vectorstore.models import Scope
from vectorstore.storage.listings import Listing


class Drawn:
    """The parts of a page over a desk, and what stands in the table's fields."""

    def __init__(self, folder: Path) -> None:
        self.desk = ScriptedDesk(folder=folder)
        with gr.Blocks():
            self.tab, self.limits = LibraryTab(self.desk), LimitsPanel(self.desk)
        self.table = self.tab.table

    def given(self, **fields: str) -> dict[Any, Any]:
        empty: dict[Any, Any] = {field: "" for field in self.table.fields} | {self.table.listing: Listing()}
        return empty | {getattr(self.table, name): value for name, value in fields.items()}

    def saved(self, name: str, **fields: str) -> Any:
        return self.table.save(self.given(**fields), SimpleNamespace(name=name))  # type: ignore[arg-type]

    def scope(self, among: str) -> Scope:
        return self.limits.scope("", "", "", "", among)


@pytest.fixture
def drawn(tmp_path: Path) -> Drawn:
    drawn = Drawn(tmp_path)
    for article in ("meta", "behemoth"):
        drawn.desk.annotations.tag(article, "sea")
    return drawn


def test_a_filter_is_saved_used_and_forgotten(drawn: Drawn) -> None:
    *emptied, among = drawn.saved("My <b>", among="tag:sea", outlet="The Ledger", since="2022-07-01")
    assert emptied == [""] * 6 and among.value == "filter:My <b>"
    kept, problem, table, _ = drawn.table.keep(drawn.given(among=among.value))
    assert problem == "" and kept.scope == drawn.scope(among.value) and table.count("data-article=") == 1
    assert (kept.scope.tags, kept.scope.outlets) == (("sea",), ("The Ledger",))
    drawn.table.forget(drawn.given(), SimpleNamespace(name="My <b>"))  # type: ignore[arg-type]
    assert drawn.desk.annotations.filters() == []
    assert "no saved filter “My &lt;b&gt;”" in drawn.table.keep(drawn.given(among=among.value))[1]


def test_a_filter_with_words_keeps_a_question_to_what_they_find(drawn: Drawn) -> None:
    assert drawn.saved("words", search="behemoth", among="tag:sea")[-1].value == "filter:words"
    assert drawn.scope("filter:words") == Scope(articles=("behemoth",))
    assert "cannot be saved again" in drawn.saved("again", among="filter:words")[0]


@pytest.mark.parametrize("name", ["", " \n", "\u200b", "x" * 81])
def test_a_name_that_is_none_is_told(drawn: Drawn, name: str) -> None:
    assert 'role="alert"' in drawn.saved(name, among="tag:sea")[0] and drawn.desk.annotations.filters() == []


def test_one_article_is_kept_to_and_named(drawn: Drawn) -> None:
    field, panel = drawn.limits.keep_to_article(SimpleNamespace(article="meta"))  # type: ignore[arg-type]
    assert META.title in panel.label and drawn.scope(field.value) == Scope(articles=("meta",))
    gone, told = drawn.limits.keep_to_article(SimpleNamespace(article="gone"))  # type: ignore[arg-type]
    assert "an article that is gone" in told.label and drawn.scope(gone.value) == Scope(articles=("gone",))


def test_two_scopes_together_leave_what_lies_in_both() -> None:
    one, other = Scope(outlets=("A", "B"), tags=("x",), since=NOW), Scope(outlets=("B",), marked=True)
    assert both(one, other) == Scope(outlets=("B",), tags=("x",), since=NOW, marked=True)
    assert both(Scope(articles=("a", "b")), Scope(articles=("b", "c"))).articles == ("b",)
    assert both(Scope(outlets=("A",)), Scope(outlets=("B",))).articles == ()


def test_details_are_put_right_refused_and_put_back(drawn: Drawn) -> None:
    def edit(original: bool = False, **given: str) -> str:
        event = SimpleNamespace(original=original, details=given)
        return drawn.tab.card.edit("meta", event)  # type: ignore[arg-type]

    assert "New &lt;i&gt;" in edit(title="New <i>", outlet="O", url="https://x.example/", published_at="2022-06-30")
    assert "“nope” is not a web address." in edit(title="x", url="nope")
    assert drawn.desk.articles["meta"].title == "New <i>"
    edit(original=True)
    assert drawn.desk.articles["meta"] == META
