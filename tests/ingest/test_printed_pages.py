"""PDFs as they are printed: columns, running heads, page numbers, hyphens at the ends of lines, drop caps."""

from __future__ import annotations

from pathlib import Path

import pytest
from following import CountingEmbedder

from ingest.formats.pdf import flowing, read_pdf
from ingest.pipeline import ingest
from vectorstore.library import Library

Placed = tuple[float, float, float, str]


def pdf(*pages: list[Placed]) -> bytes:
    """Each text at its place: from the left, from the bottom, and the height of its letters."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for page in pages:
        stream = " ".join(f"BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm ({text}) Tj ET" for x, y, size, text in page)
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        resources = "/Resources << /Font << /F1 3 0 R >> >>"
        contents = f"/Contents {len(objects)} 0 R"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {contents} {resources} >>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    body, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    trailer = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF"
    return f"{body}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode("latin-1")


LEFT = [
    "The ferry company of Sandholm said on",
    "Friday that its oldest ship would be",
    "sold before the winter. Passengers to",
    "the outer islands will travel on a",
    "chartered boat until a new one comes.",
]
RIGHT = [
    "The union asked for the contracts to",
    "be published, and the minister said",
    "that he would answer within a week.",
    "Nobody on the islands had been asked",
    "before the company made up its mind.",
]
HEADLINE = "Oldest ship of the islands is for sale before the winter"


def lines(texts: list[str], x: float = 40, top: float = 740) -> list[Placed]:
    return [(x, top - 14 * number, 10, text) for number, text in enumerate(texts)]


def text_of(*pages: list[Placed]) -> str:
    return str(read_pdf(pdf(*pages))["text"])


def by_rows(*columns: list[str], top: float = 740) -> list[Placed]:
    placed = [lines(column, 40 + 180 * number, top) for number, column in enumerate(columns)]
    return [cell for row in zip(*placed, strict=True) for cell in row]


class TestColumns:
    def test_columns_written_row_by_row_are_read_one_after_the_other(self) -> None:
        text = text_of([(40, 790, 18, HEADLINE), *by_rows(LEFT, RIGHT)])
        assert text.replace("\n", " ") == " ".join([HEADLINE, *LEFT, *RIGHT])

    def test_three_of_them(self) -> None:
        text = text_of(by_rows(LEFT, RIGHT, LEFT[:2] + RIGHT[2:]))
        assert text.replace("\n", " ") == " ".join([*LEFT, *RIGHT, *LEFT[:2], *RIGHT[2:]])

    def test_a_line_over_all_columns_ends_what_stands_above_it(self) -> None:
        between = "A SECOND STORY BEGINS HERE, UNDER A LINE OF ITS OWN OVER BOTH"
        text = text_of([*by_rows(LEFT, RIGHT), (40, 650, 12, between), *by_rows(RIGHT, LEFT, top=620)])
        assert text.replace("\n", " ") == " ".join([*LEFT, *RIGHT, between, *RIGHT, *LEFT])

    def test_columns_written_one_after_the_other_stay_as_they_are(self) -> None:
        text = text_of([*lines(LEFT), *lines(RIGHT, 310)])
        assert text.replace("\n", " ") == " ".join([*LEFT, *RIGHT])

    def test_a_table_of_figures_stays_in_rows(self) -> None:
        names, figures = ["Copper", "Tin", "Lead", "Zinc", "Iron"], ["9,412", "31,050", "2,001", "2,940", "101"]
        text = text_of([*lines(LEFT + RIGHT), *by_rows(names, figures, top=500)])
        assert "Copper 9,412" in text and "Iron 101" in text

    def test_words_beside_what_they_mean_stay_in_rows(self) -> None:
        text = text_of(
            [*lines(RIGHT, top=800), *by_rows(["ship", "boat", "union", "islands", "winter"], LEFT, top=600)]
        )
        assert f"ship {LEFT[0]}" in text and f"winter {LEFT[4]}" in text

    def test_lines_in_several_types_between_lines_in_one_are_no_columns(self) -> None:
        whole = lines([f"{left} {right}" for left, right in zip(LEFT, RIGHT, strict=True)], top=800)
        text = text_of([*whole, *by_rows(LEFT, RIGHT, top=700)])
        assert f"{LEFT[1]} {RIGHT[1]}" in text.split(RIGHT[4])[1].replace("\n", " ")


class TestRunningHeads:
    def test_what_stands_on_every_page_and_its_number_are_left_out(self) -> None:
        pages = [
            [(40, 810, 8, f"Sandholm Gazette | 13 November 2026 | {number}"), *lines(each), (290, 20, 8, str(number))]
            for number, each in [(4, LEFT), (5, RIGHT), (6, LEFT[2:] + RIGHT[:2])]
        ]
        assert text_of(*pages).replace("\n", " ") == " ".join([*LEFT, *RIGHT, *LEFT[2:], *RIGHT[:2]])

    def test_heads_of_left_and_right_pages_differ(self) -> None:
        heads = ["SANDHOLM GAZETTE", "Ferries and islands", "SANDHOLM GAZETTE", "Ferries and islands"]
        bodies = [LEFT, RIGHT, LEFT[::-1], RIGHT[::-1]]
        pages = [[(40, 810, 8, head), *lines(body)] for head, body in zip(heads, bodies, strict=True)]
        assert "GAZETTE" not in text_of(*pages) and "Ferries and islands" not in text_of(*pages)

    def test_a_line_that_returns_in_the_middle_stays(self) -> None:
        refrain = "No, said the minister."
        pages = [lines([*body[:2], refrain, *body[2:]]) for body in (LEFT, RIGHT)]
        assert text_of(*pages).count(refrain) == 2

    def test_one_page_loses_nothing(self) -> None:
        assert text_of([(40, 810, 8, "Sandholm Gazette 4"), *lines(LEFT)]).startswith("Sandholm Gazette 4")


class TestHyphens:
    @pytest.mark.parametrize(
        ("printed", "read"),
        [
            ("the har-\nbour", "the harbour"),
            ("a well-\nknown ship", "a well-known ship"),
            ("in Stratford-upon-\nAvon", "in Stratford-upon-Avon"),
            ("a 40-\nyear-old", "a 40-year-old"),
            ("the Anglo-\nNorman isles", "the Anglo-Norman isles"),
            ("a ferry-\nmaster, once. Every ferry-master knows", "a ferry-master, once. Every ferry-master knows"),
            ("a well-\nness trip. Wellness is all", "a wellness trip. Wellness is all"),
            ("the Fäh\u00ad\nre", "the Fähre"),
            ("a self-\nmade man and a long-\nterm plan", "a self-made man and a long-term plan"),
            ("a mother-in-\nlaw", "a mother-in-law"),
        ],
    )
    def test_one_stays_only_where_the_word_has_it(self, printed: str, read: str) -> None:
        assert flowing(printed) == read


class TestDropCaps:
    @pytest.mark.parametrize("line", [0, 1, 2], ids=["first", "second", "third"])
    def test_a_large_first_letter_is_that_of_its_word(self, line: int) -> None:
        beside = [("he ferry company said that its oldest"), "ship would be sold before the winter,", *LEFT[2:]]
        text = text_of([(40, 740 - 14 * line, 36, "T"), *lines(beside, 70)])
        assert text.startswith("The ferry company said")

    def test_one_that_the_file_has_before_all_else_comes_to_its_word(self) -> None:
        beside = ["he ferry company said that its oldest", "ship would be sold before the winter,", *LEFT[2:]]
        text = text_of([(40, 712, 44, "T"), (40, 790, 18, HEADLINE), *lines(beside, 75)])
        assert f"{HEADLINE} The ferry company said" in text.replace("\n", " ")

    def test_a_large_letter_that_stands_alone_stays_where_it_is(self) -> None:
        assert text_of([(40, 600, 44, "B"), *lines(LEFT + RIGHT)]).startswith("B")

    def test_a_letter_that_is_a_word_stays_one(self) -> None:
        beside = ["ferry is for sale in the town of", "Sandholm. The ferry was built there", *RIGHT]
        assert text_of([(40, 726, 36, "A"), *lines(beside, 70)]).startswith("A ferry is for sale")


def test_a_printed_page_is_found_by_a_sentence_that_runs_over_its_columns(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf([(40, 790, 18, HEADLINE), *by_rows(LEFT, RIGHT)]))
    with Library(tmp_path / "library", CountingEmbedder()) as library:
        assert ingest([tmp_path / "a.pdf"], library).added == 1
        (entry,) = library.entries()
        assert "travel on a chartered boat until a new one comes." in library.article(entry.id).text
        assert ingest([tmp_path / "a.pdf"], library).unchanged == 1
