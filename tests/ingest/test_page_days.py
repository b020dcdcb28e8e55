"""Which of the days that a page names is the one of its publication, and which is none."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, date, datetime
from itertools import product

import pytest
import regex
from harbour import STORY, URL, metas, page, take

from ingest import extract_article
from ingest.dates import days_in, parse_date
from ingest.documents import Record
from ingest.pages.extract import extract


def day(body: str = "", after: str = "", head: str = "") -> date | None:
    content = page(head, f"<h1>Pier</h1>{body}").replace(b"</article>", f"{after}</article>".encode())
    return extract_article(content, URL).day


@pytest.mark.parametrize(
    "noise",
    [
        "<footer><p>This article was amended on 12 November 2023. The pier is wooden.</p></footer>",
        '<div class="post-meta"><p>Last updated on 12 November 2023.</p></div>',
        '<div class="post-meta"><span>Updated:</span> <time datetime="2023-11-12">12 Nov 2023</time></div>',
        '<p class="date">Zuletzt aktualisiert am 12. November 2023</p>',
        '<div class="meta"><span class="date">Mis à jour le 12 novembre 2023</span></div>',
        '<ul><li><span class="date">14 May 1987</span> Built</li><li><b class="date">2 June 2003</b> Burnt</li></ul>',
        '<table><tr><td class="date">14 May 1987</td><td>Opened</td></tr><tr><td>2 June 2003</td></tr></table>',
        '<div class="related"><time datetime="2019-02-03T08:30:00Z">3 Feb 2019</time> <a href="/r">Regatta</a></div>',
        '<div><time datetime="2019-02-03">3 Feb 2019</time> <a href="/r">Regatta ends in a storm</a></div>',
        '<aside><p class="date">3 February 2019</p><p>The regatta ended in a storm.</p></aside>',
        '<blockquote><p>“It was dark.”</p><span class="date">3 February 2019</span></blockquote>',
    ],
)
@pytest.mark.parametrize("place", ["above", "below"])
def test_another_day_is_not_that_of_publication(noise: str, place: str) -> None:
    assert day(**{"body" if place == "above" else "after": noise}) is None


@pytest.mark.parametrize(
    "line",
    [
        '<time datetime="2023-11-10T08:00:00Z">10 November 2023</time>',
        '<div class="meta">By <a href="/author/ida">Ida Brandt</a> <time datetime="2023-11-10">10 Nov</time></div>',
        '<p class="date">10 November 2023</p>',
        '<p class="date">Published 10 November 2023, updated 12 November 2023</p>',
        '<div class="post-meta"><span class="date">November 10, 2023</span></div>',
    ],
)
def test_the_day_beside_the_headline_is(line: str) -> None:
    assert day(line) == date(2023, 11, 10)


@pytest.mark.parametrize(
    "node",
    [
        {"@type": "VideoObject", "name": "Regatta", "datePublished": "2019-02-03", "uploadDate": "2019-02-03"},
        {"@type": "Event", "name": "Fair", "startDate": "2019-05-01", "datePublished": "2019-02-03"},
        {"@type": "ItemList", "itemListElement": [{"item": {"@type": "NewsArticle", "datePublished": "2019-02-03"}}]},
    ],
)
def test_the_day_of_something_else_in_the_words_of_schema_org_is_not_that_of_publication(node: object) -> None:
    assert day(head=f'<script type="application/ld+json">{json.dumps(node)}</script>') is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Tue Nov 10 2026 00:30:00 GMT+0100", datetime(2026, 11, 9, 23, 30)),
        ("Tue Nov 10 2026 00:30:00 GMT-0500 (Eastern Standard Time)", datetime(2026, 11, 10, 5, 30)),
        ("10 Nov 2026 10:00 UTC+05:30", datetime(2026, 11, 10, 4, 30)),
        ("Tue, 10 Nov 2026 08:30:00 CET", datetime(2026, 11, 10, 7, 30)),
        ("Tue, 10 Nov 2026 08:30:00 JST", datetime(2026, 11, 9, 23, 30)),
        ("Tue, 10 Nov 2026 08:30:00 IST", datetime(2026, 11, 10, 3)),
        ("Tue, 10 Nov 2026 08:30:00 AEST", datetime(2026, 11, 9, 22, 30)),
        ("2026/11/10 08:30 PM", datetime(2026, 11, 10, 20, 30)),
        ("10 de noviembre de 2026", datetime(2026, 11, 10)),
        ("mardi 10 novembre 2026 à 10h30", datetime(2026, 11, 10, 10, 30)),
        ("Mittwoch, 3. Juni 2026, 10:30 Uhr", datetime(2026, 6, 3, 10, 30)),
        ("1er août 2026", datetime(2026, 8, 1)),
        ("10 ноября 2026 г.", datetime(2026, 11, 10)),
        ("10. marraskuuta 2026", datetime(2026, 11, 10)),
        ("10 Kasım 2026", datetime(2026, 11, 10)),
        ("10 نوفمبر 2026", datetime(2026, 11, 10)),
        ("१० नवंबर २०२६", datetime(2026, 11, 10)),
        ("2026年11月10日", datetime(2026, 11, 10)),
        ("2026년 11월 10일", datetime(2026, 11, 10)),
        ("2026年11月10日 18時05分", datetime(2026, 11, 10, 18, 5)),
    ],
)
def test_days_are_read_as_the_world_writes_them(written: str, meant: datetime) -> None:
    assert parse_date(written) == meant.replace(tzinfo=UTC)
    assert take(metas(article__published_time=written)).published_at == meant.replace(tzinfo=UTC)


@pytest.mark.parametrize("written", ["10 listopada 2026", "novembre 2026", "el martes", "3 de mayo", "2026年11月"])
def test_what_could_be_another_day_is_unknown(written: str) -> None:
    assert parse_date(written) is None  # "listopada" is November in Polish and October in Croatian


def test_the_days_in_a_text_are_found_in_order() -> None:
    text = "Built on 3 May 2019, le 4 mai 2020 et le 2021-05-05; am 6. Mai 2022. In May 2023 nothing."
    assert [found.date().isoformat() for found in days_in(text)] == [
        "2019-05-03",
        "2020-05-04",
        "2021-05-05",
        "2022-05-06",
    ]


def test_the_story_stays_whole_where_its_days_are_passed_over() -> None:
    told = "<ul><li>14 May 1987: the pier opens.</li><li>2 June 2003: the pier burns.</li></ul>"
    content = page("", "<h1>Pier</h1>").replace(b"</article>", f"{told}</article>".encode())
    assert extract_article(content, URL).text.split("\n") == [
        *STORY,
        "- 14 May 1987: the pier opens.",
        "- 2 June 2003: the pier burns.",
    ]


LANGUAGES = (
    "en de fr es pt it nl pl sv da nb nn fi cs sk hu ro bg hr sl sr sr_Latn bs mk uk ru be tr az el id ms vi ca gl eu"
    " et lv lt is ga cy sq hy ka ar he fa hi bn ur ta te mr gu kn ml pa ne si th km my sw af fil kk uz mn am"
).split()


def months_of_babel() -> dict[str, dict[int, set[str]]]:
    """Each name, long or short, within a date or alone, with the months that it means and the languages it does in."""
    from babel.dates import get_month_names

    meant: dict[str, dict[int, set[str]]] = {}
    for language, width, context in product(LANGUAGES, ("wide", "abbreviated"), ("format", "stand-alone")):
        for number, written in get_month_names(width, context, language).items():  # type: ignore[arg-type]
            name = re.sub("^(?:de |d’)", "", written.casefold().rstrip("."))
            name = unicodedata.normalize("NFC", re.sub("[\u200c\u200d]", "", name)).rstrip("॰׳")
            if regex.fullmatch(r"[\p{L}\p{M}]{3,}|[^\P{L}\p{Latin}\p{Cyrillic}][\p{L}\p{M}]", name):
                for each in [name, f"ב{name}"] if language == "he" else [name]:
                    meant.setdefault(each, {}).setdefault(number, set()).add(language)
    return meant


def test_the_names_of_months_are_those_of_babel() -> None:
    months = {name: next(iter(means)) for name, means in months_of_babel().items() if len(means) == 1}
    assert len(months) > 900
    assert {name: found.month for name in months if (found := parse_date(f"7 {name} 2026"))} == months


def test_a_name_that_means_two_months_is_read_in_the_language_of_the_page_alone() -> None:
    doubtful = {name: means for name, means in months_of_babel().items() if len(means) > 1}
    assert set(doubtful) == {"listopada", "listopad", "lis", "lip", "srp"}
    for name, means in doubtful.items():
        assert parse_date(f"7 {name} 2026") is None
        assert parse_date(f"7 {name} 2026", "en") is None
        for number, languages in means.items():
            assert {parse_date(f"7 {name} 2026", f"{language}-XY") for language in languages} == {
                datetime(2026, number, 7, tzinfo=UTC)
            }


@pytest.mark.parametrize(
    "language", [each for each in LANGUAGES if each not in ("vi", "eu", "ga", "th", "mn")], ids=lambda each: each
)
def test_a_day_is_read_as_its_language_writes_it(language: str) -> None:
    from babel.dates import format_date

    for month, form in product(range(1, 13), ("long", "full")):
        day = date(2026, month, 23)
        found = parse_date(format_date(day, form, language), language)  # type: ignore[arg-type]
        assert found and found.date() == day, (form, month)


@pytest.mark.parametrize(
    "text",
    [
        "Updated 12 November 2026",
        "Uppdaterad 23 april 2026 kl. 14.05",
        "Updated den 12 november 2026",
        "12 listopada",
        "Mittwoch, 12. November",
        "7 May or 9 May 2026",
    ],
)
def test_what_states_no_whole_day_of_its_own_stays_unknown(text: str) -> None:
    assert parse_date(text, "pl") is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Mittwoch, 12. November 2026, 08:15 Uhr", datetime(2026, 11, 12, 8, 15, tzinfo=UTC)),
        ("den 23 april 2026 kl. 14.05", datetime(2026, 4, 23, 14, 5, tzinfo=UTC)),
        ("zaterdag 23 mei 2026 om 14:05", datetime(2026, 5, 23, 14, 5, tzinfo=UTC)),
        ("12 de nov. de 2026", datetime(2026, 11, 12, tzinfo=UTC)),
        ("23 tháng 1, 2026", datetime(2026, 1, 23, tzinfo=UTC)),
    ],
)
def test_words_beside_a_day_do_not_hide_it(text: str, meant: datetime) -> None:
    assert parse_date(text) == meant


@pytest.mark.parametrize(("language", "month"), [("pl-PL", 11), ("hr", 10)])
def test_a_page_says_in_which_language_its_months_are(language: str, month: int) -> None:
    content = page('<meta property="article:published_time" content="12 listopada 2025">', "<h1>Pier</h1>")
    content = content.replace(b"<html>", f'<html lang="{language}">'.encode())
    assert extract_article(content, URL).day == date(2025, month, 12)


def test_a_row_is_dated_in_the_language_of_its_text() -> None:
    fields = {
        "text": "Most w porcie otwarto w piątek i nie wiadomo, kto za to zapłaci, bo miasto nie ma już pieniędzy."
    }
    article = extract(
        Record("x", "x", {**fields, "published_at": "12 listopada 2026"}), datetime(2027, 1, 1, tzinfo=UTC)
    )
    assert article.published_at == datetime(2026, 11, 12, tzinfo=UTC)
