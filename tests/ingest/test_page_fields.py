"""Which statement of a field wins on a page, and what is not believed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from harbour import STORY, URL, metas, page, schema, take

from ingest import extract_article


class TestHeadlines:
    @pytest.mark.parametrize(
        ("head", "body", "headline"),
        [
            (metas(og__title="Shared"), "<h1>Shown</h1>", "Shared"),
            (metas(dc__title="Catalogued", og__title="Shared"), "", "Catalogued"),
            (
                "<title>Harbour plan passes after a long night | Coast</title>",
                "",
                "Harbour plan passes after a long night",
            ),
            ("<title>Harbour plan | Coast</title>", "<h1>Harbour plan</h1>", "Harbour plan"),
            ("<title>Pier - Coast</title>", "", "Pier - Coast"),
            ("<title>Harbour plan - Local - The Coast</title>", "<h1>Harbour plan</h1>", "Harbour plan"),
            ("<title>Plan passes | Town | Council - Bugle</title>", "<h1>Plan passes</h1>", "Plan passes"),
            (
                "<title>Town: Harbour plan passes at last - Bugle</title>",
                "<h1>Harbour plan passes at last</h1>",
                "Harbour plan passes at last",
            ),
            (
                "<title>Live | Harbour plan | What is known</title>",
                "<h1>Live | Harbour plan | What is known</h1>",
                "Live | Harbour plan | What is known",
            ),
            ("", "<h1>Shown</h1>", "Shown"),
        ],
        ids=["OpenGraph", "Dublin Core", "long title tag", "title tag and h1", "short title tag", "section and outlet"]
        + ["two sections", "section before it", "separators of its own", "h1 alone"],
    )
    def test_the_best_statement_wins(self, head: str, body: str, headline: str) -> None:
        assert take(head, body).title == headline

    @pytest.mark.parametrize(
        ("stated", "headline"),
        [
            ("Harbour plan passes | Bugle", "Harbour plan passes"),
            ("Harbour plan passes - Bugle News", "Harbour plan passes"),
            ("The Bugle » Harbour plan passes", "Harbour plan passes"),
            ("Harbour plan passes - at last", "Harbour plan passes - at last"),
            ("Bugle", "Bugle"),
            ("Why pre-war piers last", "Why pre-war piers last"),
        ],
    )
    def test_only_the_name_of_the_site_is_taken_off(self, stated: str, headline: str) -> None:
        assert take(metas(og__title=stated)).title == headline

    def test_a_headline_cut_for_search_engines_is_taken_whole_from_the_page(self) -> None:
        whole = "Harbour plan passes " + "after a very long night of talks " * 4 + "in the town hall"
        assert take(schema(headline=whole[:109] + "…"), f"<h1>{whole}</h1>").title == whole

    def test_entities_encoded_twice_are_decoded(self) -> None:
        assert take(metas(og__title="Salt &amp;amp; vinegar")).title == "Salt & vinegar"


class TestDates:
    @pytest.mark.parametrize(
        ("head", "body"),
        [
            (metas(article__published_time="2024-03-05T10:30:00+01:00"), ""),
            ('<meta name="parsely-pub-date" content="2024-03-05T09:30:00Z">', ""),
            ("", '<time itemprop="datePublished" datetime="2024-03-05T09:30:00Z">Tuesday</time>'),
            ("", '<time pubdate datetime="2024-03-05T04:30:00-05:00">Tuesday</time>'),
            (schema({"@type": "WebPage", "datePublished": "2024-03-05T09:30Z"}), ""),
            (schema({"@type": "Article", "datePublished": 1709631000000}), ""),
        ],
        ids=["article tag", "parsely", "itemprop", "pubdate", "web page", "milliseconds"],
    )
    def test_a_stated_time_keeps_its_zone(self, head: str, body: str) -> None:
        assert take(head, body).published_at == datetime(2024, 3, 5, 9, 30, tzinfo=UTC)

    def test_a_time_without_a_zone_keeps_its_day(self) -> None:
        late = take(metas(article__published_time="2024-03-05T23:59:00")).published_at
        assert late == datetime(2024, 3, 5, 23, 59, tzinfo=UTC)

    def test_published_and_updated_are_told_apart(self) -> None:
        article = take(metas(article__modified_time="2024-03-07", article__published_time="2024-03-05"))
        assert article.published_at == datetime(2024, 3, 5, tzinfo=UTC)
        assert article.updated_at == datetime(2024, 3, 7, tzinfo=UTC)

    def test_an_update_alone_is_no_publication(self) -> None:
        assert take(metas(article__modified_time="2024-03-07")).published_at is None

    @pytest.mark.parametrize("stated", ["1970-01-01T00:00:00Z", "0001-01-01", "1899-12-30", "soon", "2024-13-45"])
    def test_what_stands_for_none_is_unknown(self, stated: str) -> None:
        assert take(metas(article__published_time=stated)).published_at is None

    def test_days_marked_on_several_stories_say_nothing_of_this_one(self) -> None:
        marked = "".join(f'<span itemprop="datePublished" content="2023-0{n}-05">{n}</span>' for n in (3, 4))
        assert take("", marked).published_at is None

    def test_a_day_that_the_story_names_is_not_its_date(self) -> None:
        story = [*STORY, "The first pier was opened on 14 August 1998, and burned down on 3 May 2003."]
        assert extract_article(page("", "", story), URL).published_at is None


class TestAuthors:
    @pytest.mark.parametrize(
        ("stated", "names"),
        [
            ("Jane Doe", ("Jane Doe",)),
            ("By Jane Doe and John Roe", ("Jane Doe", "John Roe")),
            ("Von Jürgen Müller, Anna Beck", ("Jürgen Müller", "Anna Beck")),
            ("Jane Doe, Senior Reporter, Bugle News", ("Jane Doe",)),
            ("JANE DOE | The Daily Bugle", ("JANE DOE",)),
            ("Luis Ferrer y Soto", ("Luis Ferrer y Soto",)),
            ("Ana Lind y Luis Ferrer", ("Ana Lind", "Luis Ferrer")),
            ("Peter Lund, Jr. and Jane Doe", ("Peter Lund, Jr.", "Jane Doe")),
            ("Peter Lund, Jr, Ruth Ode, III", ("Peter Lund, Jr", "Ruth Ode, III")),
            ("Jane Doe (in Oslo) @janedoe", ("Jane Doe",)),
            ("Bugle Staff", ()),
            ("https://www.facebook.com/janedoe", ()),
            ("March 5, 2024 at 10:30", ()),
            ("admin", ()),
        ],
    )
    def test_names_alone_are_left(self, stated: str, names: tuple[str, ...]) -> None:
        assert take(metas(author=stated, og__site_name="The Daily Bugle")).authors == names

    @pytest.mark.parametrize(
        "author",
        ["Jane Doe", ["Jane Doe"], {"name": "Jane Doe"}, {"name": ["Jane Doe", "jane doe"]}]
        + [
            {"givenName": "Jane", "familyName": "Doe"},
            [{"@type": "Organization", "name": "Wire"}, {"name": "Jane Doe"}],
            {"@type": "Person", "name": {"@type": "Person", "name": "Jane Doe"}},
            {"@type": "Person", "name": "By Jane Doe"},
        ],
    )
    def test_every_form_of_author_is_understood(self, author: object) -> None:
        assert take(schema(author=author)).authors == ("Jane Doe",)

    @pytest.mark.parametrize(
        ("names", "people"),
        [
            (["Ana Press"], ["Ana Press"]),
            (["Luis Ferrer y Soto"], ["Luis Ferrer y Soto"]),
            (["Peter Lund, Jr.", "Ruth Ode III"], ["Peter Lund, Jr.", "Ruth Ode III"]),
            (["Av Berg", "Von Trask"], ["Av Berg", "Von Trask"]),
            (["Ida Brandt, Olle Rask"], ["Ida Brandt", "Olle Rask"]),
            (["Ida Brandt and Olle Rask"], ["Ida Brandt", "Olle Rask"]),
            (["Von Ida Brandt"], ["Ida Brandt"]),
            (["Wire Staff", "News Desk", "Associated Press", "The Daily Bugle", "admin"], []),
            (["https://social.example/ida", "ida@bugle.example", "5 March 2024"], []),
        ],
    )
    def test_the_names_of_persons_are_left_whole(self, names: list[str], people: list[str]) -> None:
        author = [{"@type": "Person", "name": name} for name in names]
        assert take(schema(author=author)).authors == tuple(people)

    def test_links_side_by_side_in_a_byline_are_several_authors(self) -> None:
        link = "<a rel='author' href='/by/{}'>{}</a>"
        byline = f"<p>By {link.format('jd', 'Jane Doe')} and {link.format('ar', 'Ann Reed, Harbour Correspondent')}</p>"
        other = f"<div>{link.format('ob', 'Olle Berg')}</div>"
        assert take("", byline + other).authors == ("Jane Doe", "Ann Reed")

    def test_several_tags_are_several_authors(self) -> None:
        tags = metas(article__author="Jane Doe") + metas(article__author="John Roe")
        assert take(tags).authors == ("Jane Doe", "John Roe")


class TestAddressesAndLanguages:
    def test_a_relative_canonical_address_is_completed(self) -> None:
        head = '<link rel="canonical" href="/2024/harbour-plan">'
        assert take(head, url=URL + "?page=all").url == "https://www.bugle.example/2024/harbour-plan"

    def test_an_address_that_is_none_is_ignored(self) -> None:
        assert take('<link rel="canonical" href="https://[broken/x">').url == URL

    def test_the_language_is_that_of_the_statement_then_of_the_page(self) -> None:
        assert extract_article(page(schema(inLanguage="fr-FR"), html='<html lang="en">'), URL).language == "fr"
        assert extract_article(page(metas(og__locale="de_DE")), URL).language == "de"

    def test_an_outlet_that_is_an_address_is_not_a_name(self) -> None:
        assert take(metas(og__site_name="https://www.bugle.example")).outlet == "bugle.example"
