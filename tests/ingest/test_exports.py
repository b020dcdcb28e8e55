"""Every export as its program writes it: file in, article found by its words, the same file again "unchanged"."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from following import CountingEmbedder

from ingest import sources
from ingest.documents import Upload
from ingest.formats.fields import described
from ingest.pipeline import ingest
from ingest.web.politeness import Web
from vectorstore.library import Library
from vectorstore.models import EVERYTHING, Article
from vectorstore.reports import Report

URL = "https://www.gazette.example/2026/ship-for-sale"
BODY = (
    "The ferry company of Sandholm said on Friday that its oldest ship would be sold before the winter.\n"
    "Passengers to the outer islands will travel on a chartered boat until a new one is delivered in May.\n"
    "The union asked for the contracts to be published, and the minister promised an answer within a week."
)
LINES_OF_BODY = BODY.split("\n")
HTML = "".join(f"<p>{line}</p>" for line in BODY.split("\n"))
LEAD = "The oldest ship of the Sandholm ferry company is for sale, and a chartered boat takes its place until May."
DAY = datetime(2026, 11, 13, tzinfo=UTC)
HOUR = datetime(2026, 11, 13, 7, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    """What an article of an export has to come out with."""

    outlet: str = "Sandholm Gazette"
    authors: tuple[str, ...] = ("Ada Holm",)
    published_at: datetime | None = HOUR
    url: str = URL
    text: str = BODY
    title: str = "Ship for sale"
    updated_at: datetime | None = None

    @classmethod
    def of(cls, article: Article) -> Said:
        return cls(*(getattr(article, name) for name in cls.__dataclass_fields__))


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library", CountingEmbedder()) as library:
        yield library


def taken(library: Library, folder: Path, name: str, content: str | bytes) -> Report:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return ingest([Upload(folder / name, name)], library, web=Web(allow_private=True, delay=0))


def outcomes(report: Report) -> list[str]:
    return [row.outcome.value for row in report.rows]


def found(library: Library, words: str) -> set[str]:
    """The headlines of the articles that a search for the words comes upon."""
    library.pending.wait()
    candidates = library.search({words: 1.0}, dict.fromkeys(words.split(), 1.0), EVERYTHING, 10)
    return {library.article(each.article_id).title for each in candidates if each.keyword > 0}


def table(*rows: dict[str, str], delimiter: str = ",") -> str:
    written = io.StringIO()
    writer = csv.DictWriter(written, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


NEWSAPI = {
    "source": {"id": None, "name": "Sandholm Gazette"},
    "author": "Ada Holm",
    "title": "Ship for sale",
    "description": LEAD,
    "url": URL,
    "urlToImage": "https://x.example/a.jpg",
    "publishedAt": "2026-11-13T07:05:00Z",
    "content": BODY,
}
NEWS_PLEASE = {
    "authors": ["Ada Holm"],
    "date_download": "2026-11-20 08:00:00",
    "date_modify": None,
    "date_publish": "2026-11-13 07:05:00",
    "description": LEAD,
    "filename": "a.html",
    "language": "en",
    "maintext": BODY,
    "source_domain": "www.gazette.example",
    "title": "Ship for sale",
    "title_page": None,
    "url": URL,
}
CC_NEWS = {
    "requested_url": URL,
    "responded_url": URL,
    "plain_text": BODY,
    "published_date": "2026-11-13T07:05:00Z",
    "title": "Ship for sale",
    "author": "Ada Holm",
    "sitename": "Sandholm Gazette",
    "language": "en",
    "crawl_date": "2026-11-20",
}
NEWSPAPER = {
    "url": URL,
    "source_url": "https://www.gazette.example",
    "title": "Ship for sale",
    "text": BODY,
    "authors": ["Ada Holm"],
    "publish_date": "2026-11-13T07:05:00+00:00",
    "summary": "",
    "meta_site_name": "Sandholm Gazette",
    "keywords": ["ship"],
}
TRAFILATURA = {
    "title": "Ship for sale",
    "author": "Ada Holm",
    "hostname": "gazette.example",
    "date": "2026-11-13",
    "id": None,
    "raw_text": BODY.replace("\n", " "),
    "text": BODY,
    "source": URL,
    "source-hostname": "Sandholm Gazette",
    "excerpt": LEAD,
}
WALLABAG = {
    "is_archived": 0,
    "tags": [],
    "id": 7,
    "title": "Ship for sale",
    "url": URL,
    "content": HTML,
    "created_at": "2026-11-20T10:00:00+0000",
    "updated_at": "2026-11-21T10:00:00+0000",
    "published_at": "2026-11-13T07:05:00+0000",
    "published_by": ["Ada Holm"],
    "domain_name": "www.gazette.example",
}
GUARDIAN = {
    "id": "world/2026/ship",
    "type": "article",
    "webPublicationDate": "2026-11-13T07:05:00Z",
    "webTitle": "Ship for sale | World",
    "webUrl": URL,
    "fields": {"headline": "Ship for sale", "byline": "Ada Holm", "bodyText": BODY, "body": HTML},
}
KAGGLE = {
    "": "0",
    "id": "17283",
    "title": "Ship for sale",
    "publication": "Sandholm Gazette",
    "author": "Ada Holm",
    "date": "2026-11-13",
    "year": "2026.0",
    "month": "11.0",
    "url": URL,
    "content": BODY,
}
GLOBAL_NEWS = {
    "article_id": "9",
    "source_id": "",
    "source_name": "Sandholm Gazette",
    "author": "Ada Holm",
    "title": "Ship for sale",
    "description": LEAD,
    "url": URL,
    "published_at": "2026-11-13 07:05:00",
    "content": BODY[:90] + "… [+320 chars]",
    "category": "Ferries",
    "full_content": BODY,
}
JSON_FEED = {
    "id": "1",
    "url": URL,
    "title": "Ship for sale",
    "content_html": HTML,
    "date_published": "2026-11-13T07:05:00Z",
    "date_modified": "2026-11-14T07:05:00Z",
    "authors": [{"name": "Ada Holm"}],
}
WORDPRESS = {
    "id": 81,
    "date": "2026-11-13T08:05:00",
    "date_gmt": "2026-11-13T07:05:00",
    "link": URL,
    "title": {"rendered": "Ship for sale"},
    "content": {"rendered": HTML},
    "excerpt": {"rendered": f"<p>{LEAD}</p>"},
    "author": 3,
}

EVENT_REGISTRY = {
    "uri": "1",
    "lang": "eng",
    "date": "2026-11-13",
    "dateTimePub": "2026-11-13T07:05:00Z",
    "url": URL,
    "title": "Ship for sale",
    "body": BODY,
    "source": {"uri": "gazette.example", "dataType": "news", "title": "Sandholm Gazette"},
    "authors": [{"uri": "x", "name": "Ada Holm"}],
}
SUMMARY = {
    "author": "Ada Holm",
    "date": "13 Nov 2026,Friday",
    "headlines": "Ship for sale",
    "read_more": URL,
    "text": LEAD,
}
DOCUMENT = {name: value for name, value in NEWSPAPER.items() if name != "text"} | {"document": BODY, "summary": LEAD}
HOSTED_DAY = Said(outlet="gazette.example", published_at=DAY)
HOSTED = Said(outlet="gazette.example")
FEED = {"version": "https://jsonfeed.org/version/1.1", "title": "Sandholm Gazette", "items": [JSON_FEED]}
SECOND = {**CC_NEWS, "requested_url": URL + "2", "responded_url": URL + "2", "plain_text": LEAD}
CHANGED = datetime(2026, 11, 14, 7, 5, tzinfo=UTC)
WHOLE = {
    "NewsAPI": ("a.json", json.dumps({"status": "ok", "totalResults": 1, "articles": [NEWSAPI]}), Said()),
    "news-please": ("a.json", json.dumps(NEWS_PLEASE), Said(outlet="gazette.example")),
    "CC-News": ("a.jsonl", json.dumps(CC_NEWS), Said()),
    "CC-News, ndjson": ("a.ndjson", json.dumps(CC_NEWS), Said()),
    "newspaper4k": ("a.json", json.dumps([NEWSPAPER]), Said()),
    "trafilatura": ("a.json", json.dumps(TRAFILATURA), Said(published_at=DAY)),
    "wallabag": ("a.json", json.dumps([WALLABAG]), Said(outlet="gazette.example")),
    "Guardian": ("a.json", json.dumps({"response": {"status": "ok", "results": [GUARDIAN]}}), HOSTED),
    "Kaggle, All the News": ("a.csv", table(KAGGLE), Said(published_at=DAY)),
    "Kaggle, Global News": ("a.csv", table(GLOBAL_NEWS), Said()),
    "Kaggle, tabs": ("a.tsv", table(KAGGLE, delimiter="\t"), Said(published_at=DAY)),
    "Excel": ("a.csv", "sep=;\r\n" + table(KAGGLE, delimiter=";"), Said(published_at=DAY)),
    "JSON Feed": ("a.json", json.dumps(FEED), Said(updated_at=CHANGED)),
    "Event Registry": ("a.json", json.dumps({"articles": {"results": [EVENT_REGISTRY]}}), Said()),
    "Elasticsearch": ("a.json", json.dumps({"hits": {"hits": [{"_id": "1", "_source": NEWSPAPER}]}}), Said()),
    "Kaggle, News Summary": ("a.csv", table({**SUMMARY, "ctext": BODY}), HOSTED_DAY),
    "WordPress": ("a.json", json.dumps([WORDPRESS]), Said(outlet="gazette.example", authors=())),
    "Guardian, one article": ("a.json", json.dumps({"response": {"status": "ok", "content": GUARDIAN}}), HOSTED),
    "data set of documents": ("a.json", json.dumps([DOCUMENT]), Said()),
    "JSON lines named .json": ("a.json", f"{json.dumps(CC_NEWS)}\n{json.dumps(SECOND)}", Said()),
}


class TestWhole:
    @pytest.mark.parametrize(("name", "content", "said"), WHOLE.values(), ids=WHOLE)
    def test_it_is_taken_as_it_comes(
        self, library: Library, tmp_path: Path, name: str, content: str, said: Said
    ) -> None:
        first = taken(library, tmp_path, name, content)
        assert set(outcomes(first)) == {"added"}
        assert Said.of(library.article(first.rows[0].article_id)) == said
        assert "Ship for sale" in found(library, "chartered boat until May")
        assert set(outcomes(taken(library, tmp_path, name, content))) == {"unchanged"}

    def test_numbers_of_two_exports_do_not_mix_their_articles(self, library: Library, tmp_path: Path) -> None:
        taken(library, tmp_path, "a.json", json.dumps([{**WALLABAG, "id": 1}]))
        other = {"id": "1", "title": "Other", "content": LEAD, "url": URL + "-other"}
        assert outcomes(taken(library, tmp_path, "b.csv", table(other))) == ["added"]

    @pytest.mark.parametrize("nothing", ["null", "None", "nan", "N/A"])
    def test_what_programs_write_for_a_missing_value_is_none(
        self, library: Library, tmp_path: Path, nothing: str
    ) -> None:
        rows = [
            {"id": nothing, "title": f"Ship {n}", "author": nothing, "url": nothing, "text": f"{n} {BODY}"}
            for n in range(2)
        ]
        report = taken(library, tmp_path, "a.csv", table(*rows))
        assert outcomes(report) == ["added"] * 2
        assert {library.article(row.article_id).authors for row in report.rows} == {()}

    def test_an_article_that_the_service_took_back_is_none(self, library: Library, tmp_path: Path, site) -> None:
        gone = dict.fromkeys(["title", "description", "content"], "[Removed]") | {"url": "https://removed.com"}
        report = taken(library, tmp_path, "a.json", json.dumps({"articles": [NEWSAPI, gone]}))
        assert outcomes(report) == ["added", "rejected"] and site.asked == []

    @pytest.mark.parametrize(("named", "code"), [("english", "en"), ("deu", "de"), ("German", "de"), ("pt-BR", "pt")])
    def test_a_language_is_known_by_its_names(self, named: str, code: str) -> None:
        assert described({"language": named}).language == code

    def test_references_say_who_wrote_when_and_where(self) -> None:
        cited = {
            "type": "article-newspaper",
            "title": "Ship for sale",
            "container-title": "Sandholm Gazette",
            "author": [{"family": "Holm", "given": "Ada"}, {"literal": "Gazette staff"}],
            "issued": {"date-parts": [["2026", 11, 13]]},
        }
        article = described(cited)
        assert (article.outlet, article.authors) == ("Sandholm Gazette", ("Ada Holm", "Gazette staff"))
        assert article.published_at == DAY
        assert described({"Item Type": "webpage", "Date Modified": "2026-11-20"}).updated_at is None
        assert described({**cited, "issued": {"date-parts": [[2026, 11]]}}).published_at is None

    def test_a_source_that_is_the_address_of_a_site_is_no_address_of_an_article(
        self, library: Library, tmp_path: Path
    ) -> None:
        rows = [{"title": each, "text": each * 9, "source": "https://www.gazette.example/"} for each in LINES_OF_BODY]
        report = taken(library, tmp_path, "a.json", json.dumps(rows))
        assert outcomes(report) == ["added"] * 3
        assert {library.article(row.article_id).outlet for row in report.rows} == {"gazette.example"}

    def test_a_text_that_is_an_address_is_one(self, library: Library, tmp_path: Path, site) -> None:
        report = taken(library, tmp_path, "a.csv", table({"article": served(site), "url": served(site)}))
        assert outcomes(report) == ["added"] and site.asked == ["/ship"]


def served(site, path: str = "/ship") -> str:
    about = "<title>Ship for sale</title><meta name=author content='Ada Holm'>"
    site.pages[path] = f"<html lang=en><head>{about}</head><body><article>{HTML * 2}</article>".encode()
    return site.url + path


def lists(url: str) -> dict[str, tuple[str, str]]:
    gdelt = {
        "url": url,
        "url_mobile": "",
        "title": "Ship for sale",
        "seendate": "20261115T083000Z",
        "domain": "gazette.example",
        "language": "English",
    }
    zotero = {
        "Key": "A1",
        "Item Type": "newspaperArticle",
        "Author": "Holm, Ada",
        "Title": "Ship for sale",
        "Publication Title": "Sandholm Gazette",
        "Url": url,
        "Abstract Note": LEAD,
        "Date": "2026-11-13",
        "Date Added": "2026-11-20 10:00:00",
        "Date Modified": "2026-11-20 10:00:00",
    }
    karakeep = {
        "createdAt": 1793950200,
        "title": "Ship for sale",
        "tags": [],
        "content": {"type": "link", "url": url},
        "note": None,
    }
    omnivore = {
        "id": "x",
        "slug": "ship",
        "title": "Ship for sale",
        "description": LEAD,
        "author": "Ada Holm",
        "url": url,
        "state": "Active",
        "savedAt": "2026-11-20T10:00:00Z",
        "updatedAt": "2026-11-21T10:00:00Z",
        "publishedAt": "2026-11-13T07:05:00Z",
    }
    nyt = {
        "_id": "nyt://article/1",
        "web_url": url,
        "headline": {"main": "Ship for sale"},
        "abstract": LEAD,
        "pub_date": "2026-11-13T07:05:00+0000",
        "byline": {"original": "By Ada Holm"},
        "source": "Sandholm Gazette",
    }
    newsdata = {
        "article_id": "z",
        "title": "Ship for sale",
        "link": url,
        "creator": ["Ada Holm"],
        "description": LEAD,
        "content": "ONLY AVAILABLE IN PAID PLANS",
        "pubDate": "2026-11-13 07:05:00",
        "source_name": "Sandholm Gazette",
        "language": "english",
    }
    mediastack = {
        "author": "Ada Holm",
        "title": "Ship for sale",
        "description": LEAD,
        "url": url,
        "source": "Sandholm Gazette",
        "published_at": "2026-11-13T07:05:00+00:00",
    }
    readwise = {
        "id": "01h",
        "url": "https://read.readwise.example/read/01h",
        "source_url": url,
        "title": "Ship for sale",
        "author": "Ada Holm",
        "source": "Reader RSS",
        "site_name": "Sandholm Gazette",
        "updated_at": "2026-11-20T10:00:00Z",
        "last_moved_at": "2026-11-20T10:00:00Z",
        "content": None,
    }
    bookmarks = (
        "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<TITLE>Bookmarks</TITLE><H1>Bookmarks</H1><DL><p><DT><H3>News</H3><DL><p>"
        f"<DT><A HREF='{url}' ADD_DATE='1793950200'>Ship</A><DT><A HREF='javascript:x()'>Tool</A></DL><p></DL>"
    )
    pocket = (
        "<!DOCTYPE html><html><head><title>Pocket Export</title></head><body><h1>Unread</h1><ul>"
        f"<li><a href='{url}' time_added='1793950200' tags=''>Ship</a></li></ul></body></html>"
    )
    return {
        "GDELT": ("a.json", json.dumps({"articles": [gdelt]})),
        "mediastack": ("a.json", json.dumps({"pagination": {}, "data": [mediastack]})),
        "newsdata": ("a.json", json.dumps({"status": "success", "results": [newsdata]})),
        "NYT": ("a.json", json.dumps({"status": "OK", "response": {"docs": [nyt]}})),
        "NewsAPI, cut short": (
            "a.json",
            json.dumps({"articles": [{**NEWSAPI, "url": url, "content": BODY[:90] + "… [+300 chars]"}]}),
        ),
        "Zotero": ("a.csv", table(zotero)),
        "karakeep": ("a.json", json.dumps({"bookmarks": [karakeep]})),
        "Omnivore": ("a.json", json.dumps([omnivore])),
        "Pocket": (
            "a.csv",
            table({"title": "Ship", "url": url, "time_added": "1793950200", "tags": "", "status": "unread"}),
        ),
        "Pocket, HTML": ("a.html", pocket),
        "Instapaper": (
            "a.csv",
            table({"URL": url, "Title": "Ship", "Selection": "", "Folder": "Unread", "Timestamp": "1793950200"}),
        ),
        "Readwise": (
            "a.csv",
            table(
                {
                    "Title": "Ship",
                    "URL": url,
                    "ID": "1",
                    "Document tags": "",
                    "Saved date": "2026-11-20 10:00:00",
                    "Seen": "True",
                }
            ),
        ),
        "bookmarks": ("bookmarks.html", bookmarks),
        "addresses": ("a.txt", f"# to read\n{url}\n\n- {url}\n"),
        "addresses after their titles": ("a.txt", f"Ship\t{url}\n"),
        "addresses after titles in a line": ("a.txt", f"Ship {url}\nShip, again: {url}#top\n"),
        "addresses before remarks": ("a.md", f"- [Ship]({url}) - to read\n- [Ship]({url}) (again)\n"),
        "addresses without a head": ("a.csv", f"{url}\n{url}\n"),
        "GDELT, events": ("a.tsv", table({"SQLDATE": "20261113", "SOURCEURL": url}, delimiter="\t")),
        "Readwise, by its interface": ("a.json", json.dumps({"count": 1, "results": [readwise]})),
        "addresses in Markdown": ("a.md", f"# To read\n\n- [Ship]({url})\n"),
    }


class TestAddresses:
    @pytest.mark.parametrize("export", lists(""))
    def test_a_row_with_only_an_address_is_read_there(
        self, library: Library, tmp_path: Path, site, export: str
    ) -> None:
        name, content = lists(served(site))[export]
        report = taken(library, tmp_path, name, content)
        assert outcomes(report) == ["added"] and report.rows[0].source == site.url + "/ship"
        article = library.article(report.rows[0].article_id)
        assert (article.title, article.authors, article.summary_only) == ("Ship for sale", ("Ada Holm",), False)
        assert article.published_at in (None, DAY, HOUR) and article.text.startswith(BODY)
        assert found(library, "chartered boat until May") == {"Ship for sale"}
        assert outcomes(taken(library, tmp_path, name, content)) == ["unchanged"]

    @pytest.mark.parametrize("export", ["GDELT", "Pocket", "karakeep", "Readwise", "bookmarks"])
    def test_the_day_when_it_was_kept_is_not_the_day_when_it_was_published(
        self, library: Library, tmp_path: Path, site, export: str
    ) -> None:
        report = taken(library, tmp_path, *lists(served(site))[export])
        assert library.article(report.rows[0].article_id).published_at is None

    @pytest.mark.parametrize("export", ["newsdata", "NYT", "Zotero", "mediastack", "NewsAPI, cut short", "Omnivore"])
    def test_where_the_page_cannot_be_read_the_summary_is_kept_as_one(
        self, library: Library, tmp_path: Path, site, export: str
    ) -> None:
        report = taken(library, tmp_path, *lists(site.url + "/gone")[export])
        article = library.article(report.rows[0].article_id)
        assert (
            article.summary_only
            and article.text == LEAD
            and article.outlet == "Sandholm Gazette" * (export != "Omnivore") + "127.0.0.1" * (export == "Omnivore")
        )
        assert article.published_at and article.published_at.date() == DAY.date() and article.authors == ("Ada Holm",)

    def test_an_address_of_this_network_is_refused_as_a_typed_one_is(
        self, library: Library, tmp_path: Path, site
    ) -> None:
        (tmp_path / "a.txt").write_text(served(site))
        (row,) = ingest([tmp_path / "a.txt"], library, web=Web()).rejected
        assert "is a private address" in row.reason and site.asked == []

    def test_an_address_in_an_export_is_asked_for_once(self, library: Library, tmp_path: Path, site) -> None:
        taken(library, tmp_path, "a.txt", f"{served(site)}\n{site.url}/ship?utm_source=x\n")
        assert site.asked == ["/ship"]

    def test_of_one_file_no_more_addresses_are_asked_for_than_anybody_has_kept(
        self, library: Library, tmp_path: Path, site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sources, "MOST_LINKS", 2)
        served(site)
        rows: list[dict[str, str]] = [{"url": f"{site.url}/{name}"} for name in ("ship", "a", "b", "c", "ship")]
        rows.append({"url": f"{site.url}/d", "title": "Told of", "summary": LEAD})
        report = taken(library, tmp_path, "a.jsonl", "\n".join(map(json.dumps, rows)))
        assert site.asked == ["/ship", "/a"] and report.added == 2
        assert [entry.summary_only for entry in library.entries() if entry.title == "Told of"] == [True]
        assert [row.reason.partition(" that")[0] for row in report.rejected if row.source.endswith("jsonl")] == [
            "lists 2 more addresses than the 2"
        ]

    def test_a_page_that_is_gone_can_be_tried_again_by_its_own_address(
        self, library: Library, tmp_path: Path, site
    ) -> None:
        report = taken(library, tmp_path, "a.txt", f"{site.url}/gone\n{served(site)}")
        assert sorted(outcomes(report)) == ["added", "rejected"]
        assert [each.source for each in report.again] == [f"{site.url}/gone"]

    def test_a_text_with_an_address_in_it_is_a_text(self, library: Library, tmp_path: Path, site) -> None:
        report = taken(library, tmp_path, "a.txt", f"{site.url}/ship\n{BODY}")
        assert outcomes(report) == ["added"] and site.asked == []

    def test_one_sentence_that_ends_with_an_address_is_a_text(self, library: Library, tmp_path: Path, site) -> None:
        report = taken(library, tmp_path, "a.txt", f"{LINES_OF_BODY[0]} {site.url}/ship\n")
        assert outcomes(report) == ["added"] and site.asked == []

    def test_a_page_with_a_story_is_no_list_of_links(self, library: Library, tmp_path: Path, site) -> None:
        links = "".join(f"<li><a href='{site.url}/{number}'>Story {number}</a></li>" for number in range(9))
        taken(
            library, tmp_path, "a.html", f"<html><body><h1>Ship for sale</h1>{HTML * 2}<ul>{links}</ul></body></html>"
        )
        assert site.asked == [] and [entry.title for entry in library.entries()] == ["Ship for sale"]

    def test_the_home_page_of_a_site_is_not_taken_for_an_article(self, library: Library, tmp_path: Path, site) -> None:
        served(site, "/")
        (row,) = taken(library, tmp_path, "a.txt", site.url + "/").rejected
        assert "dateline feeds add" in row.reason


class TestSummaries:
    def test_a_data_set_of_leads_is_kept_as_summaries(self, library: Library, tmp_path: Path) -> None:
        rows = table({"Class Index": "3", "Title": "Ship for sale", "Description": LEAD})
        report = taken(library, tmp_path, "ag_news.csv", rows)
        article = library.article(report.rows[0].article_id)
        assert (article.title, article.text, article.summary_only) == ("Ship for sale", LEAD, True)
        assert outcomes(taken(library, tmp_path, "ag_news.csv", rows)) == ["unchanged"]

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("headlines.csv", table({"publish_date": "20261113", "headline_text": "Ship for sale"})),
            ("a.json", json.dumps([{"publish_date": "20261113", "headline_text": "Ship for sale"}])),
        ],
    )
    def test_columns_of_which_none_will_do_are_named(
        self, library: Library, tmp_path: Path, name: str, content: str
    ) -> None:
        (row,) = taken(library, tmp_path, name, content).rejected
        assert 'no "text" and no "url" (it has: publish_date, headline_text); name the one' in row.reason


def test_a_reading_list_that_kept_its_pages_is_read_from_them(library: Library, tmp_path: Path) -> None:
    row = {"id": "x", "slug": "ship-1", "title": "Ship for sale", "author": "Ada Holm", "url": URL}
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("metadata_0_to_20.json", json.dumps([{**row, "publishedAt": "2026-11-13T07:05:00Z"}]))
        archive.writestr(
            "content/ship-1.html", f"<html><body><div id=readability-page-1>{HTML * 2}</div></body></html>"
        )
        archive.writestr("highlights/ship-1.md", "> the oldest ship")
    report = taken(library, tmp_path, "omnivore.zip", written.getvalue())
    assert outcomes(report) == ["added"]
    article = library.article(report.rows[0].article_id)
    assert (article.url, article.title, article.authors) == (URL, "Ship for sale", ("Ada Holm",))
    assert article.published_at == HOUR
    assert article.text.startswith(BODY) and not article.summary_only
    assert outcomes(taken(library, tmp_path, "omnivore.zip", written.getvalue())) == ["unchanged"]
