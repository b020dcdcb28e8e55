"""What is taken from schema.org statements, however they are written, and when a page is only a teaser."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from harbour import SCHEMA, STORY, URL, metas, page, schema, take

from ingest import extract_article
from vectorstore.errors import RejectedDocument


class TestSchemaOrg:
    def test_it_states_every_field(self) -> None:
        article = take(schema())
        assert article.title == "Harbour plan passes"
        assert (article.outlet, article.authors, article.language) == ("The Daily Bugle", ("Jane Doe",), "en")
        assert article.published_at == datetime(2024, 3, 6, 4, 30, tzinfo=UTC)
        assert article.updated_at == datetime(2024, 3, 6, 14, tzinfo=UTC)

    def test_it_wins_over_the_meta_tags(self) -> None:
        others = {"og__title": "Shared title", "og__site_name": "Bugle Group", "author": "Sub Editor"}
        article = take(metas(**others, article__published_time="2024-03-09") + schema())
        assert article == take(schema())

    @pytest.mark.parametrize(
        "block",
        [
            [{"@type": "WebSite", "name": "Bugle"}, SCHEMA],
            {"@context": "https://schema.org", "@graph": [{"@type": "WebPage"}, SCHEMA]},
            {"@type": "WebPage", "mainEntity": SCHEMA},
            {**SCHEMA, "@type": ["Article", "ReportageNewsArticle"]},
            {**SCHEMA, "@type": "http://schema.org/OpinionNewsArticle"},
        ],
        ids=["list", "graph", "nested", "several types", "address as type"],
    )
    def test_the_article_is_found_wherever_it_stands(self, block: object) -> None:
        assert take(schema(block)) == take(schema())

    def test_it_is_put_together_from_references_and_several_blocks(self) -> None:
        people = schema({"@graph": [{"@id": "#jane", "@type": "Person", "name": "Jane Doe"}]})
        assert take(schema(author={"@id": "#jane"}) + people).authors == ("Jane Doe",)

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('"Harbour plan passes"', '"Harbour plan\n passes"'),
            ('"en-GB"', '"en-GB",'),
            ('{"@context"', '<!-- {"@context"'),
            ('{"@context"', '/* from the archive */ {"@context"'),
            ('{"@context"', '//<![CDATA[\n{"@context"'),
            ('"Harbour plan passes"', '"Harbour plan\x08 passes"'),
        ],
        ids=["line break in a text", "comma too many", "HTML comment", "comment", "CDATA", "control character"],
    )
    def test_json_with_a_small_fault_is_read(self, old: str, new: str) -> None:
        article = take(schema(json.dumps(SCHEMA).replace(old, new)))
        assert (article.title, article.published_at) == (take(schema()).title, take(schema()).published_at)

    def test_json_that_is_none_costs_nothing_else(self) -> None:
        assert take(schema('{"headline": ') + metas(og__title="Shared title")).title == "Shared title"

    def test_a_related_story_is_not_taken_for_the_article(self) -> None:
        related = {**SCHEMA, "headline": "Ferry sinks", "datePublished": "2019-01-01", "author": "Someone Else"}
        listed = {"@type": "ItemList", "itemListElement": [{"item": related}]}
        assert take(schema(listed) + schema()) == take(schema())
        assert take(schema(related) + schema(), "<h1>Harbour plan passes</h1>") == take(schema())

    def test_a_summary_stated_as_headline_gives_way_to_the_name_that_the_page_shows(self) -> None:
        article = take(schema(headline="town on the coast", name="Harbour"), "<h1>Harbour</h1>")
        assert article.title == "Harbour"


class TestTeasers:
    @pytest.mark.parametrize("free", [False, "False", "false", "http://schema.org/False"])
    def test_the_beginning_of_a_story_for_subscribers_is_rejected_with_its_length(self, free: object) -> None:
        with pytest.raises(RejectedDocument, match=r"for subscribers and shows only \d+ of 900 words"):
            take(schema(isAccessibleForFree=free, wordCount=900))

    def test_a_story_for_subscribers_that_is_shown_whole_is_taken(self) -> None:
        assert extract_article(page(schema(isAccessibleForFree=False), "", STORY + _more()), URL).text

    def test_a_short_story_that_is_free_is_taken(self) -> None:
        assert take(schema(isAccessibleForFree=True)).title == "Harbour plan passes"

    def test_the_text_stated_for_machines_is_taken_where_the_page_shows_little(self) -> None:
        stated = "<p>" + "</p><p>".join(STORY + _more()) + "</p>"
        article = extract_article(page(schema(articleBody=stated), "", STORY[:1]), URL)
        assert article.text.split("\n") == STORY + _more()


def _more() -> list[str]:
    return [
        f"On day {n} of the hearings the port authority said that {n * 3} boats had moored at the provisional jetty."
        for n in range(2, 9)
    ]
