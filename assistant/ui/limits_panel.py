"""What a question or the table is kept to: days, outlet and language, and the articles in a collection, those with a
tag, those with the reader's marks, a saved filter, or one alone."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import gradio as gr

from assistant.query.search_filters import limited
from assistant.text.labels import kept_to, listed
from assistant.text.texts import tr, tr_later, tr_line
from assistant.types import Answer
from assistant.ui.desk import Desk
from assistant.ui.library_view import FILTER
from assistant.ui.render import headline, legible
from assistant.ui.work import QUIET, problem_html
from vectorstore.errors import ArticleNotFound, DatelineError, LimitUnusable
from vectorstore.models import EVERYTHING, Scope
from vectorstore.storage.annotations import SavedFilter
from vectorstore.storage.listings import Listing

MARKED = "marked"
_TAG, _COLLECTION, _ARTICLE = "tag:", "collection:", "article:"
_LONGEST_TITLE = 80


def article_alone(article_id: str) -> str:
    """The value that keeps to one article."""
    return f"{_ARTICLE}{article_id}"


def saved_filter(name: str) -> str:
    """The value that keeps to a saved filter."""
    return f"{FILTER}{name}"


def choices(desk: Desk, value: str = "") -> list[tuple[str, str]]:
    """What a field offers, as it is named and as its value; the article that is kept to now is one of it."""
    kept = desk.annotations
    marked = [(tr("Articles with my marks"), MARKED)] if kept.marks() else []
    tags = [(f"#{legible(tag)}", f"{_TAG}{tag}") for tag, _ in kept.tags()]
    saved = [(legible(each.name), f"{FILTER}{each.name}") for each in kept.filters()]
    shared = [(legible(name), f"{_COLLECTION}{name}") for name in desk.collections()]
    alone = [(named(desk, value), value)] if value.startswith(_ARTICLE) else []
    return [(tr("All articles"), ""), *alone, *shared, *marked, *saved, *tags]


def named(desk: Desk, value: str) -> str:
    """How a choice is told; "" for all articles."""
    if value.startswith(_ARTICLE):
        with suppress(ArticleNotFound):
            title = legible(headline(desk.article(value.removeprefix(_ARTICLE))))
            return title if len(title) <= _LONGEST_TITLE else f"{title[:_LONGEST_TITLE]}…"
        return tr("an article that is gone")
    if value == MARKED:
        return tr("Articles with my marks")
    kind, _, name = value.partition(":")
    return f"#{legible(name)}" if kind == "tag" else legible(name)


def scope_of(desk: Desk, value: str) -> Scope:
    """Raises LimitUnusable."""
    if not value:
        return EVERYTHING
    if value == MARKED:
        return Scope(marked=True)
    if value.startswith(_ARTICLE):
        return Scope(articles=(value.removeprefix(_ARTICLE),))
    if value.startswith(_COLLECTION):
        return Scope(collections=(value.removeprefix(_COLLECTION),))
    if value.startswith(_TAG):
        return Scope(tags=(value.removeprefix(_TAG),))
    wanted = value.removeprefix(FILTER)
    for each in desk.annotations.filters():
        if each.name == wanted:
            return _collected(desk, each)
    raise LimitUnusable(tr("there is no tag and no saved filter “{name}”", name=wanted[:80]), "among")


def _collected(desk: Desk, kept: SavedFilter) -> Scope:
    held = desk.languages() if kept.languages else ()
    scope = limited(kept.since, kept.until, kept.outlets, desk.outlets(), kept.languages, held)
    scope = replace(scope, tags=kept.tags, marked=kept.marked, collections=kept.collections)
    return Scope(articles=tuple(desk.found(Listing(kept.search, scope)))) if kept.search else scope


def both(one: Scope, other: Scope) -> Scope:
    """What lies in both of them."""
    named = [(getattr(one, name), getattr(other, name)) for name in ("outlets", "languages", "tags", "collections")]
    outlets, languages, tags, collections = (_in_both(*each) if all(each) else each[0] or each[1] for each in named)
    articles = other.articles if one.articles is None else one.articles
    if one.articles is not None and other.articles is not None:
        articles = _in_both(one.articles, other.articles)
    if any(all(each) and not _in_both(*each) for each in named):
        articles = ()
    return Scope(
        max(filter(None, (one.since, other.since)), default=None),
        min(filter(None, (one.until, other.until)), default=None),
        outlets,
        one.without + other.without,
        languages,
        articles,
        tags,
        one.marked or other.marked,
        collections,
    )


def _in_both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in one if each in set(other))


DAY: dict[str, Any] = {
    "placeholder": "2022-07-03",
    "max_lines": 1,
    "max_length": 40,
    "min_width": 130,
    "interactive": True,
    "elem_classes": "with-calendar",
}
"""A day in figures or in words, beside which the page's script puts a calendar."""
LABEL = tr_later("Dates, outlet, articles")
NAMES = {
    "from": tr_later("From"),
    "to": tr_later("To"),
    "outlet": tr_later("Outlet"),
    "language": tr_later("Article language"),
    "among": tr_later("Articles"),
}

Updates = tuple[Any, ...]


def unusable(error: LimitUnusable) -> str:
    """What is wrong with one of the fields."""
    return tr("{line}.", line=f"{tr(NAMES[error.field])}: {tr_line(str(error))}")


def emptied() -> dict[str, Any]:
    """For the page's script: the fields as at first."""
    fields = dict.fromkeys(("since", "until", "outlet", "language", "among"), "")
    return {**fields, "problem": "", "panel": {"label": tr(LABEL), "open": False}}


class LimitsPanel:
    """Folded away until it is wanted; its title tells what is kept to."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        with gr.Accordion(LABEL, open=False, elem_id="limits") as self.panel:
            with gr.Row():
                self.since = gr.Textbox("", label=NAMES["from"], **DAY)
                self.until = gr.Textbox("", label=NAMES["to"], **DAY)
                self.outlet = gr.Textbox(
                    "", label=NAMES["outlet"], max_lines=1, max_length=200, min_width=160, interactive=True
                )
                self.language = gr.Textbox(
                    "",
                    label=NAMES["language"],
                    placeholder="de",
                    max_lines=1,
                    max_length=40,
                    min_width=110,
                    interactive=True,
                )
                self.among = gr.Dropdown(
                    [],
                    value="",
                    label=NAMES["among"],
                    allow_custom_value=True,
                    min_width=160,
                    elem_id="limits-among",
                    interactive=True,
                )
            self.problem = gr.HTML(js_on_load=None, apply_default_css=False)
            self.again = gr.Button(tr_later("Ask again"), size="sm", variant="secondary", elem_id="again")
        self.typed = [self.since, self.until, self.outlet, self.language]
        self.fields: list[Any] = [*self.typed, self.among]
        self.shown = [*self.fields, self.problem, self.panel]
        self.panel.expand(self.look, self.among, self.among, **QUIET)

    def look(self, among: str | None) -> Any:
        """What there is to choose now."""
        try:
            return gr.Dropdown(choices=choices(self._desk, among or ""))
        except DatelineError:  # it is told where a question is asked
            return gr.skip()

    def keep_to_article(self, event: gr.EventData) -> Updates:
        """Questions are about one article from now on: the field, and the panel that tells of it."""
        value = article_alone(str(event.article))
        field = gr.Dropdown(choices=choices(self._desk, value), value=value)
        return field, gr.Accordion(label=self._titled(named(self._desk, value)), open=False)

    def _titled(self, told: str) -> str:
        return f"{tr(LABEL)}: {told}" if told else tr(LABEL)

    def scope(self, since: str, until: str, outlet: str, language: str, among: str | None = "") -> Scope:
        """What the fields say. Raises LimitUnusable."""
        outlets, languages = ([each.strip()] if each.strip() else [] for each in (outlet, language))
        held = self._desk.languages() if languages else ()
        scope = limited(since.strip(), until.strip(), outlets, self._desk.outlets(), languages, held)
        return both(scope, scope_of(self._desk, among or "")) if among else scope

    def refused(self, error: LimitUnusable) -> dict[str, Any]:
        """For the page's script: the fields as they are, with what is wrong below them."""
        return {"problem": problem_html(unusable(error)), "panel": {"open": True}}

    def taken(self, scope: Scope, among: str | None = "") -> dict[str, Any]:
        """For the page's script: folded away, with what is kept to as its title."""
        days = {name: "" for name, day in (("since", scope.since), ("until", scope.until)) if not day}
        told = listed([*filter(None, (kept_to(scope), named(self._desk, among or "")))])
        return {**days, "problem": "", "panel": {"label": self._titled(told), "open": False}}

    def filled(self, answer: Answer | None) -> Updates:
        """Unfolded, with what the answer looked at."""
        window = answer.window if answer else None
        days = [day.isoformat() if day else "" for day in ((window.first, window.last) if window else (None, None))]
        outlet = answer.outlets[0] if answer and answer.outlets else ""
        return *days, outlet, gr.skip(), gr.skip(), "", gr.Accordion(open=True)
