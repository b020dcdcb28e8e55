"""A row that is known by its number is the same one only while it says so: each file has a first row."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.pipeline import ingest

FERRY = (
    "The ferry to Holm sails again from Monday, said the harbour master, after its engine had been mended twice. " * 2
)
SCHOOL = "A school in Norvale closes its doors in June because only eleven pupils are left, the council decided. " * 2


def csv(folder: Path, name: str, *rows: tuple[str, str, str]) -> Path:
    """Each row with its number, headline, text and outlet."""
    lines = [f'{n},"{title}","{text}","{outlet}"' for n, (title, text, outlet) in enumerate(rows, start=1)]
    (folder / name).write_text("\n".join(["id,title,text,outlet", *lines]), encoding="utf-8")
    return folder / name


def outcomes(shelf, *paths: Path) -> list[str]:
    return [str(row.outcome) for row in ingest([*paths], shelf).rows]


def test_the_first_rows_of_two_files_are_two_articles(shelf, tmp_path) -> None:
    one = csv(tmp_path, "a.csv", ("The ferry sails again", FERRY, "Post"))
    other = csv(tmp_path, "b.csv", ("The school closes", SCHOOL, "Post"))
    assert outcomes(shelf, one, other) == ["added", "added"]
    assert {(each.title, each.version) for each in shelf.articles} == {
        ("The ferry sails again", 1),
        ("The school closes", 1),
    }
    assert outcomes(shelf, other, one) == ["unchanged", "unchanged"]


def test_two_outlets_and_two_addresses_are_two_articles_under_one_number(shelf, tmp_path) -> None:
    one = csv(tmp_path, "a.csv", ("Weather", FERRY, "Post"))
    other = csv(tmp_path, "b.csv", ("Weather", FERRY, "Gazette"))
    assert outcomes(shelf, one, other) == ["added", "added"]
    for name in ("c", "d"):
        row = {"id": 7, "title": "News", "text": f"{name} {FERRY}", "url": f"https://post.example/{name}"}
        (tmp_path / f"{name}.json").write_text(json.dumps([row]))
    assert outcomes(shelf, tmp_path / "c.json", tmp_path / "d.json") == ["added", "added"]


def test_the_same_headline_of_another_day_is_another_article(shelf, tmp_path) -> None:
    for day, text in (("01", FERRY), ("02", SCHOOL)):
        row = {"id": "1", "title": "Morning brief", "text": text, "published_at": f"2026-03-{day}"}
        (tmp_path / f"{day}.json").write_text(json.dumps([row]))
    assert outcomes(shelf, tmp_path / "01.json", tmp_path / "02.json") == ["added", "added"]


@pytest.mark.parametrize(
    "row",
    [
        ("The ferry sails again", SCHOOL, "Post"),  # rewritten under its headline
        ("Ferry to Holm back from Monday", FERRY, "Post"),
        ("Ferry to Holm back from Monday", f"{FERRY} Fares stay as they are.", "Post"),
    ],
)
def test_a_corrected_row_is_a_new_version_of_it(shelf, tmp_path, row: tuple[str, str, str]) -> None:
    ingest([csv(tmp_path, "a.csv", ("The ferry sails again", FERRY, "Post"))], shelf)
    assert outcomes(shelf, csv(tmp_path, "moved.csv", row)) == ["updated"]
    [article] = shelf.articles
    assert (article.id, article.title, article.version) == ("1", row[0], 2)


@pytest.mark.parametrize("named", ["row 1", "Zeile 1", "статья 1", "1.0"])
def test_what_a_row_is_called_in_any_language_is_no_id_of_another_file(shelf, tmp_path, named: str) -> None:
    for name, title, text in (("a", "The ferry sails again", FERRY), ("b", "The school closes", SCHOOL)):
        (tmp_path / f"{name}.json").write_text(json.dumps([{"id": named, "title": title, "text": text}]))
    assert outcomes(shelf, tmp_path / "a.json", tmp_path / "b.json") == ["added", "added"]


@pytest.mark.parametrize("named", ["post-2026-x17", "story-2", "b1", "статья-1"])
def test_an_id_that_is_no_number_of_a_row_is_the_publishers_word(shelf, tmp_path, named: str) -> None:
    for name, title, text in (("a", "The ferry sails again", FERRY), ("b", "The school closes", SCHOOL)):
        (tmp_path / f"{name}.json").write_text(json.dumps([{"id": named, "title": title, "text": text}]))
    assert outcomes(shelf, tmp_path / "a.json", tmp_path / "b.json") == ["added", "updated"]
