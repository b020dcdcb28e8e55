"""The library's table and its pictures, as they are drawn."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from test_ui_render import OURS, Reader
from ui_desk import HOSTILE_TEXT, META, NOW, ScriptedDesk, document, reported

from assistant.text.texts import reading_in
from assistant.ui.library_view import chart_html, library_html, removed_html
from assistant.ui.work import receipt_html
from vectorstore.models import Entry, Scope
from vectorstore.reports import Row
from vectorstore.storage.listings import Column, Listing, ListPage, Tally

ENTRY = Entry("meta", META.title, META.outlet, META.url, META.published_at, NOW, 1, 1234)
DAY = date(2022, 7, 3)


def rows(number: int, start: int, found: int) -> ListPage:
    return ListPage((ENTRY,) * number, start, found, 100_000)


def reader(page: ListPage, listing: Listing | None = None) -> Reader:
    return Reader(library_html(page, listing or Listing()))


def attributes(read: Reader, name: str) -> list[str | None]:
    return [given[name] for _, given in read.tags if name in given]


class TestTable:
    def test_says_which_rows_these_are_of_how_many(self) -> None:
        assert "51–100 of 100,000 articles" in reader(rows(50, 50, 100_000)).text
        assert "1–1 of 1 article" in reader(rows(1, 0, 1)).text

    def test_says_how_many_passages_wait_for_their_vectors(self) -> None:
        waiting = replace(rows(50, 0, 100_000), waiting=1_204)
        assert "1,204 passages found by words only, until the vectors are made" in reader(waiting).text
        assert "vectors" not in reader(rows(50, 0, 100_000)).text

    @pytest.mark.parametrize(
        ("start", "found", "leads", "ends"),
        [(0, 51, ["50"], 1), (50, 51, ["0"], 1), (50, 500, ["0", "100"], 0), (30, 500, ["0", "80"], 0)],
    )
    def test_leads_to_the_pages_before_and_after(self, start: int, found: int, leads: list[str], ends: int) -> None:
        drawn = reader(rows(1, start, found))
        assert attributes(drawn, "data-turn") == leads
        assert len(attributes(drawn, "aria-disabled")) == ends and not attributes(drawn, "disabled")

    def test_of_one_page_has_none_to_turn(self) -> None:
        assert "Next" not in reader(rows(50, 0, 50)).text

    def test_tells_by_what_it_is_sorted(self) -> None:
        heads = re.findall(r'<th scope="col"([^>]*)><button type="button" data-sort="(\w+)"',
                           library_html(rows(1, 0, 1), Listing(by=Column.DATE, descending=False)))  # fmt: skip
        assert [name for _, name in heads] == ["headline", "outlet", "language", "date", "added", "length"]
        assert [name for given, name in heads if 'aria-sort="ascending"' in given] == ["date"]
        assert 'aria-sort="descending"' in library_html(rows(1, 0, 1), Listing())

    def test_is_exported_as_it_is_kept(self) -> None:
        assert reader(rows(1, 0, 1)).links() == ["library.jsonl", "library.db"]
        kept = Listing('a & "b"', Scope(since=NOW, outlets=("The Ledger",), languages=("pt",)))
        assert reader(rows(1, 0, 1), kept).links() == [
            "library.jsonl?search=a+%26+%22b%22&outlet=The+Ledger&language=pt&from=2022-07-03",
            "library.db",
        ]

    def test_names_the_language_of_each_article_in_the_readers(self) -> None:
        page = ListPage((replace(rows(1, 0, 1).entries[0], language="pt", outlet="Diário"),), 0, 1, 1)
        assert "<td>Portuguese</td>" in library_html(page, Listing())
        with reading_in("ja"):
            assert 'data-outlet="Diário · ポルトガル語"' in library_html(page, Listing())
        assert "<td></td>" in library_html(rows(1, 0, 1), Listing())

    def test_without_rows_says_why(self) -> None:
        nothing = ListPage((), 0, 0, 5)
        assert "No article fits “" in reader(nothing, Listing("zebra")).text.replace('"', "“")
        assert "No article fits this outlet and these days." in reader(nothing, Listing(scope=Scope(since=NOW))).text
        told = reader(nothing, Listing(scope=Scope(languages=("pt",)))).text
        assert "No article fits this outlet, this language and these days." in told
        assert "The library is empty" in reader(ListPage((), 0, 0, 0)).text

    def test_of_the_scripted_desk_is_the_newest_first(self) -> None:
        entries = ScriptedDesk().listed(Listing()).entries
        assert [each.id for each in entries][1:] == ["meta", "pasted", "behemoth"]


class TestChart:
    def test_has_a_bar_for_each_day_and_says_the_same_in_words(self) -> None:
        days = {DAY - timedelta(days=9): 1, DAY - timedelta(days=2): 4, DAY: 2}
        drawn = Reader(chart_html(Tally(days, 3, (("Post", 10),))))
        assert "Articles by day" in drawn.text and "3 of unknown date" in drawn.text
        (told,) = [given["aria-label"] for tag, given in drawn.tags if tag == "svg" and "aria-label" in given]
        assert told == "Articles by day: 7 articles from 24 June 2022 to 3 July 2022, the most on 1 July 2022: 4"
        assert "1 July 2022: 4 articles" in drawn.text
        heights = re.findall(r'<rect x="([\d.]+)%" y="[\d.]+" width="[\d.]+%" height="([\d.]+)"', drawn_html(days))
        assert [float(x) for x, _ in heights] == pytest.approx([0, 7 * 100 / 12, 9 * 100 / 12], abs=0.01)
        assert [round(float(height) / 70, 2) for _, height in heights] == [0.25, 1.0, 0.5]

    def test_of_one_day_has_one_label(self) -> None:
        drawn = Reader(chart_html(Tally({DAY: 1}, 0, (("Post", 1),))))
        assert "Articles by day: 1 article of 3 July 2022" in str(attributes(drawn, "aria-label"))
        assert drawn.text.count("3 July 2022") == 2  # below the bar, and over it when it is pointed at

    def test_months_and_years_are_named_as_such(self) -> None:
        assert "July 2022: 1 article" in chart_html(Tally({DAY: 1, date(2021, 1, 1): 1}, 0, (("Post", 2),)))
        years = chart_html(Tally({DAY: 1, date(1999, 1, 1): 1}, 0, (("Post", 2),)))
        assert "Articles by year" in years and "1999: 1 article" in years

    def test_says_what_is_older_than_the_picture(self) -> None:
        assert "5 articles from before, not shown" in chart_html(
            Tally({DAY: 99, date(1999, 1, 1): 5}, 0, (("P", 104),))
        )

    def test_lists_the_ten_largest_outlets_and_sums_up_the_rest(self) -> None:
        outlets = tuple((f"Outlet {number}", 100 - number) for number in range(13))
        drawn = Reader(chart_html(Tally({DAY: 1}, 0, outlets)))
        assert sum(tag == "li" for tag, _ in drawn.tags) == 10
        assert "Outlet 9 91" in drawn.text and "Outlet 10" not in drawn.text
        assert "3 other outlets: 267 articles" in drawn.text

    def test_without_dates_there_are_outlets_all_the_same(self) -> None:
        drawn = chart_html(Tally({}, 2, (("", 2),)))
        assert "No outlet stated" in drawn and "2 of unknown date" in drawn and 'class="chart"' not in drawn

    def test_of_nothing_is_nothing(self) -> None:
        assert chart_html(Tally({}, 0, ())) == ""


def drawn_html(days: dict[date, int]) -> str:
    return chart_html(Tally(days, 0, (("Post", 1),)))


class TestReport:
    BAD, OTHER = document("a.txt", "rejected", reason="is empty"), document("b.txt", "rejected", reason="is empty")

    @pytest.mark.parametrize(
        ("given", "offer"),
        [
            ([BAD, OTHER, document("c.txt", "added", "C")], "Try the 2 rejected again"),
            ([BAD, document("c.txt", "added", "C")], "Try the 1 rejected again"),
            ([BAD], "Try it again"),
        ],
    )
    def test_offers_to_try_what_can_be_tried(self, given: list[Row], offer: str) -> None:
        assert offer in Reader(receipt_html(reported(given))).text

    def test_offers_to_try_only_what_is_still_kept(self) -> None:
        told = reported([self.BAD, self.OTHER], lost={self.OTHER.source})
        assert "Try the 1 rejected again" in Reader(receipt_html(told)).text

    def test_offers_nothing_where_there_is_nothing_to_try(self) -> None:
        assert "data-again" not in receipt_html(reported([document("c.txt", "added", "C")]))
        assert "data-again" not in receipt_html(reported([self.BAD], lost={self.BAD.source}))


@pytest.mark.parametrize(
    "html",
    [
        library_html(ListPage((replace(ENTRY, id=HOSTILE_TEXT, title=HOSTILE_TEXT, outlet=HOSTILE_TEXT),), 0, 1, 1),
                     Listing(HOSTILE_TEXT, Scope(outlets=(HOSTILE_TEXT,)))),
        library_html(ListPage((), 0, 0, 1), Listing(HOSTILE_TEXT)),
        removed_html(HOSTILE_TEXT),
        chart_html(Tally({DAY: 1}, 0, ((HOSTILE_TEXT, 1),))),
    ],
    ids=["table", "nothing found", "removed", "chart"],
)  # fmt: skip
def test_hostile_words_are_only_ever_text(html: str) -> None:
    read = Reader(html)
    assert {tag for tag, _ in read.tags} <= OURS
    names = {name for _, given in read.tags for name in given}
    assert not [name for name in names if name.startswith("on") or name in {"style", "src", "srcdoc", "action"}]
    assert all(address and address.startswith(("library.jsonl?", "library.db")) for address in read.links())
