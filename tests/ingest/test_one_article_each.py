"""No article becomes a version of another one, and what the publisher adds to one is an update of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from harbour import STORY, page

from ingest.pipeline import ingest
from ingest.web.politeness import Web
from vectorstore.export import lines
from vectorstore.models import Correction

NOW = datetime(2030, 3, 6, tzinfo=UTC)
SUBJECTS = ["orchard", "tramway", "lighthouse"]


def story(subject: str, head: str = "", title: str = "") -> bytes:
    """A page about something, of which no sentence is that of another subject's."""
    told = [
        f"{subject.title()} {verb} {subject}s {noun} since {subject}keepers {deed} {subject} {noun} {verb}s."
        for verb, noun, deed in [("grew", "walls", "sold"), ("lost", "doors", "hid"), ("drew", "roofs", "bought")]
    ]
    title = title or f"{subject.title()} news"
    return page(f"<title>{title}</title>{head}", f"<h1>{title}</h1>", told)


def outcomes(shelf, *sources: str) -> list[str]:
    return [
        row.outcome.value for row in ingest(sources, shelf, web=Web(allow_private=True, delay=0), now=lambda: NOW).rows
    ]


def headlines(shelf) -> set[str]:
    return {article.title for article in shelf.articles}


@pytest.mark.parametrize("canonical", ["/news/", "/all-the-stories-of-today", "/4711"])
def test_pages_that_state_one_address_for_all_of_them_are_articles_of_their_own(site, shelf, canonical: str) -> None:
    for subject in SUBJECTS:
        site.pages[f"/{subject}"] = story(subject, f'<link rel="canonical" href="{canonical}">', subject.title() + "s")
    pages = [f"{site.url}/{subject}" for subject in SUBJECTS]
    assert outcomes(shelf, *pages) == ["added"] * 3
    assert headlines(shelf) == {"Orchards", "Tramways", "Lighthouses"}
    assert outcomes(shelf, *pages) == ["unchanged"] * 3


def test_an_address_that_has_another_story_each_day_holds_all_of_them(site, shelf) -> None:
    for subject in SUBJECTS:
        site.pages["/today"] = story(subject, title=subject.title() + "s")
        assert outcomes(shelf, f"{site.url}/today") == ["added"]
    assert len(shelf.articles) == 3
    assert outcomes(shelf, f"{site.url}/today") == ["unchanged"]


def test_a_story_that_is_written_on_is_an_update(site, shelf) -> None:
    site.pages["/a"] = story("orchard")
    assert outcomes(shelf, f"{site.url}/a") == ["added"]
    site.pages["/a"] = story("orchard", title="What the frost has left")
    assert outcomes(shelf, f"{site.url}/a") == ["updated"]
    site.pages["/a"] = story("tramway", title="What the frost has taken")  # a word of the headline is left
    assert outcomes(shelf, f"{site.url}/a") == ["updated"]
    assert len(shelf.articles) == 1


def test_the_second_page_of_a_story_does_not_take_the_place_of_the_first(site, shelf) -> None:
    canonical = f'<link rel="canonical" href="{site.url}/a">'
    site.pages["/a"] = story("orchard", canonical)
    site.pages["/a?page=2"] = story("tramway", canonical, "Orchard news")
    assert outcomes(shelf, f"{site.url}/a", f"{site.url}/a?page=2") == ["added", "added"]


def test_a_correction_that_was_added_is_an_update_and_is_exported_and_read_again(site, shelf, tmp_path) -> None:
    site.pages["/a"] = page("<title>Pier</title>")
    assert outcomes(shelf, f"{site.url}/a") == ["added"]
    note = "Correction, 14 November 2024: the pier costs four million."
    site.pages["/a"] = page("<title>Pier</title>", "", [*STORY, note])
    assert outcomes(shelf, f"{site.url}/a") == ["updated"]
    [article] = shelf.articles
    assert article.corrections == (Correction(datetime(2024, 11, 14, tzinfo=UTC), note),)
    [line] = lines([article])
    assert json.loads(line)["corrections"] == [{"date": "2024-11-14T00:00:00+00:00", "text": note}]
    (tmp_path / "export.jsonl").write_text(line, encoding="utf-8")
    assert outcomes(shelf, str(tmp_path / "export.jsonl")) == ["unchanged"]


def test_a_correction_in_a_cell_is_one_text(shelf, tmp_path) -> None:
    (tmp_path / "rows.csv").write_text(f'text,corrections\n"{" ".join(STORY)}",Two sailors and not three.\n', "utf-8")
    assert outcomes(shelf, str(tmp_path / "rows.csv")) == ["added"]
    assert [article.corrections for article in shelf.articles] == [(Correction(None, "Two sailors and not three."),)]


def test_a_correction_that_was_taken_out_again_is_gone(site, shelf) -> None:
    site.pages["/a"] = page("<title>Pier</title>", "", [*STORY, "Correction: the pier costs four million crowns."])
    assert outcomes(shelf, f"{site.url}/a") == ["added"]
    site.pages["/a"] = page("<title>Pier</title>")
    assert outcomes(shelf, f"{site.url}/a") == ["updated"]
    assert [article.corrections for article in shelf.articles] == [()]


@pytest.mark.parametrize(
    ("said", "told"),
    [({"text": "wrong"}, "must be a list"), ([{"day": "2024-11-14"}], "objects with"), (["wrong"], "objects with")],
)
def test_corrections_of_a_row_that_are_none_are_told(shelf, tmp_path, said: object, told: str) -> None:
    (tmp_path / "rows.jsonl").write_text(json.dumps({"text": " ".join(STORY), "corrections": said}), encoding="utf-8")
    [row] = ingest([str(tmp_path / "rows.jsonl")], shelf, now=lambda: NOW).rows
    assert row.outcome.value == "rejected" and told in row.reason
