from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import IntegrityError
from stacks import NOW, Place, WordEmbedder, beside, by_meaning, by_words, everything, story

from vectorstore.errors import ArticleNotFound
from vectorstore.library import Library
from vectorstore.models import Article, Scope, heading

FERRY = story("ferry", "The ferry sank in the harbour at night.", "Two sailors were rescued by a trawler.")
RATES = story("rates", "The central bank raised interest rates.", "Mortgages will cost more, economists said.")
ODD_IDS = {
    "quotes": 'it\'s "quoted" `so`',
    "unicode": "新聞-é-👩‍👧-\u202e",
    "number signs": "a#1@2#3",
    "statement": "'); DROP TABLE articles; --",
    "wildcards": "%_*?[a]",
    "path": "../../etc/passwd\\x",
    "spaces": " two  words\n",
    "address": "https://example.com/a?b=c&d=%20#e",
    "very long": "x" * 5000,
}
ODD_WORDS = ['"', '""', '"open', "*", "fer*", "NEAR(", "NEAR(ferry sank)", "AND", "OR", "NOT", ":", "headline:ferry"]
ODD_WORDS += [
    "^ferry",
    "ferry-",
    "-",
    "(",
    ")",
    "{",
    "+",
    "'",
    ";",
    "\\",
    "",
    " ",
    "\x00",
    "a\x00b",
    "x" * 10_000,
    "👩‍👧",
    "é",
]


@pytest.fixture
def library(place: Place) -> Iterator[Library]:
    with place.opened() as library:
        yield library


@pytest.fixture(scope="module")
def stocked(lasting_places: Callable[[], Place]) -> Iterator[Library]:
    """Two articles, for tests that only read."""
    with lasting_places().opened() as library:
        library.put([FERRY, RATES])
        yield library


@pytest.fixture(scope="module")
def dated(lasting_places: Callable[[], Place]) -> Iterator[Library]:
    """Articles of June, of July and of no date, for tests that only read."""
    days = {"june": datetime(2022, 6, 1, tzinfo=UTC), "july": datetime(2022, 7, 1, tzinfo=UTC), "undated": None}
    with lasting_places().opened() as library:
        library.put([story(id, f"The ferry sank, {id}.", published_at=day) for id, day in days.items()])
        yield library


class TestPutting:
    def test_an_article_is_read_back_as_it_was_put(self, library: Library) -> None:
        article, passages = story(
            "full",
            "  Spaces  around,\ttabs and “quotes”.",
            "Línea dos 👩‍👧.",
            title="Ferry sinks",
            outlet="Post",
            authors=("Ann Lee", "Bo Ek"),
            url="https://example.com/ferry",
            published_at=datetime(2022, 7, 3, 10, 0, 0, 5, tzinfo=UTC),
            updated_at=datetime(2022, 7, 4, tzinfo=UTC),
            language="en",
        )
        library.put([(article, passages)])
        assert library.find("full") == library.article("full") == library.article("full", 1) == article
        assert library.passages_of("full") == passages
        assert library.counts() == (1, 2)

    def test_times_come_back_in_utc_whatever_zone_they_were_in(self, library: Library) -> None:
        noon = datetime(2022, 7, 3, 12, tzinfo=timezone(timedelta(hours=5)))
        library.put([story("zoned", "One.", published_at=noon)])
        found = library.article("zoned").published_at
        assert found == noon and found.tzinfo is UTC

    def test_it_is_found_by_meaning_and_by_its_words(self, library: Library) -> None:
        library.put([FERRY, RATES])
        assert by_meaning(library, "two sailors rescued by a trawler")[0] == "ferry"
        assert by_words(library, "mortgage") == {"rates"}  # the stem counts, not the ending
        assert by_words(library, "FERRY", "interest") == {"ferry", "rates"}

    def test_headline_outlet_and_day_are_searched_too(self, library: Library) -> None:
        day = datetime(2022, 7, 3, tzinfo=UTC)
        library.put([story("a", "It sank.", title="Calamity at sea", outlet="Gazette", published_at=day), RATES])
        assert by_words(library, "calamity") == by_words(library, "gazette") == by_words(library, "july") == {"a"}

    def test_accents_do_not_keep_words_apart(self, library: Library) -> None:
        library.put([story("cafe", "Le café est fermé.")])
        assert by_words(library, "cafe") == by_words(library, "CAFÉ") == {"cafe"}

    def test_nothing_put_changes_nothing(self, library: Library) -> None:
        library.put([])
        assert library.counts() == (0, 0) and library.entries() == []

    def test_an_article_without_passages_is_held(self, library: Library) -> None:
        library.put([story("bare")])
        library.put([story("bare too"), FERRY])
        assert library.counts() == (3, 2)
        assert library.passages_of("bare") == [] and library.article("bare").text == ""

    def test_any_id_will_do(self, place: Place) -> None:
        texts = {id: f"The {name} ferry sank, number {number}." for number, (name, id) in enumerate(ODD_IDS.items())}
        with place.opened() as library:
            library.put([story(id, text) for id, text in texts.items()])
        with place.opened() as library:
            assert {entry.id for entry in library.entries()} == set(texts)
            for number, (id, text) in enumerate(texts.items()):
                assert library.article(id).text == text
                assert by_meaning(library, text)[0] == id and id in by_words(library, str(number))
                library.remove(id)
                assert library.find(id) is None and by_words(library, str(number)) == set()
            assert library.counts() == (0, 0)

    def test_more_passages_than_chroma_takes_at_once_come_and_go(self, place: Place) -> None:
        with place.opened(WordEmbedder(size=8)) as library:
            library.put([story("long", *(f"Part {number}." for number in range(5500))), RATES])
            assert library.counts() == (2, 5502) and library.check().sound
            assert by_words(library, "5499") == {"long"}
            library.remove("long")
            assert library.counts() == (1, 2) and library.check().sound


class TestAllOrNothing:
    @pytest.mark.parametrize(
        ("bad", "error"),
        [
            (story("b", "Fine.", ingested_at=None), IntegrityError),
            ((story("b", "Fine.")[0], RATES[1]), IntegrityError),
            (story("b", "A lone \ud800 surrogate."), UnicodeEncodeError),
        ],
        ids=["no time of storing", "another article's passages", "text that is not Unicode"],
    )
    def test_a_batch_with_one_bad_article_leaves_the_library_as_it_was(self, library, bad, error) -> None:
        library.put([FERRY])
        before = (library.entries(), library.passages_of("ferry"), by_meaning(library, "ferry"))
        revised = story("ferry", "The ferry was raised.", version=2)
        with pytest.raises(error):
            library.put([RATES, revised, bad])
        assert (library.entries(), library.passages_of("ferry"), by_meaning(library, "ferry")) == before
        assert by_words(library, "interest", "raised", "fine") == set()
        assert library.check().sound
        library.put([RATES])
        assert by_words(library, "interest") == {"rates"}


class TestUpdating:
    @pytest.fixture
    def revised(self, library: Library) -> Library:
        library.put([FERRY, RATES])
        library.put([story("ferry", "Divers reached the wreck.", "Nobody was aboard.", version=2, title="Wreck found")])
        return library

    def test_the_earlier_version_stays_readable(self, revised: Library) -> None:
        assert revised.article("ferry").text == "Divers reached the wreck. Nobody was aboard."
        assert revised.article("ferry", 2) == revised.find("ferry")
        assert revised.article("ferry", 1) == FERRY[0]

    def test_old_passages_are_found_no_more_and_new_ones_are(self, revised: Library) -> None:
        assert by_words(revised, "trawler", "sank") == set()
        assert by_words(revised, "wreck") == {"ferry"}
        texts = {hit.passage.text for hit in hits(revised, "Two sailors were rescued by a trawler.")}
        assert not texts & {passage.text for passage in FERRY[1]}
        assert {"Divers reached the wreck.", "Nobody was aboard."} <= texts
        assert revised.counts() == (2, 4)

    def test_every_version_of_many_is_kept(self, library: Library) -> None:
        for version in range(1, 6):
            library.put([story("live", f"Update {version}.", version=version)])
        assert [library.article("live", version).text for version in range(1, 6)] == [
            f"Update {version}." for version in range(1, 6)
        ]
        assert [each.version for each in library.versions("live")] == [1, 2, 3, 4, 5]
        assert library.versions("live")[-1] == library.article("live")
        assert library.counts() == (1, 1)

    def test_the_same_version_again_replaces_its_passages(self, library: Library) -> None:
        for _ in range(3):
            library.put([FERRY])
        library.put([story("ferry", "Raised.", version=2)])
        assert library.article("ferry", 1) == FERRY[0]
        assert library.counts() == (1, 1) and library.check().sound

    @pytest.mark.parametrize("version", [0, 3, -1, 99])
    def test_a_version_that_never_was_is_told_so(self, revised: Library, version: int) -> None:
        with pytest.raises(ArticleNotFound, match="'ferry'"):
            revised.article("ferry", version)


class TestRemoving:
    def test_removing_takes_everything_along(self, library: Library) -> None:
        library.put([FERRY, RATES])
        library.put([story("ferry", "Divers reached the wreck.", version=2)])
        library.remove("ferry")
        assert library.find("ferry") is None and library.passages_of("ferry") == []
        assert by_words(library, "wreck", "sank") == set()
        assert set(by_meaning(library, "ferry sank wreck", limit=10)) == {"rates"}
        for version in (None, 1, 2):
            with pytest.raises(ArticleNotFound):
                library.article("ferry", version)
        assert library.counts() == (1, 2) and library.check().sound

    def test_what_was_removed_can_be_put_again(self, library: Library) -> None:
        library.put([FERRY])
        library.remove("ferry")
        library.put([FERRY])
        assert by_meaning(library, "ferry sank")[0] == "ferry" and library.check().sound

    def test_the_last_article_can_be_removed(self, library: Library) -> None:
        library.put([FERRY])
        library.remove("ferry")
        assert library.counts() == (0, 0) and by_meaning(library, "ferry") == []

    @pytest.mark.parametrize("id", ["nowhere", "", "FERRY"], ids=["unknown", "empty", "other case"])
    def test_an_id_that_is_not_there_is_told_with_what_to_do(self, library: Library, id: str) -> None:
        library.put([FERRY])
        with pytest.raises(ArticleNotFound, match="dateline library list"):
            library.remove(id)
        assert library.find(id) is None
        assert library.counts() == (1, 2)


class TestListing:
    def test_the_newest_addition_stands_first(self, library: Library) -> None:
        library.put(
            [story("old", "One.", ingested_at=NOW - timedelta(days=1)), story("a", "Two."), story("b", "Three.")]
        )
        library.put([story("older", "Four.", ingested_at=NOW - timedelta(days=2))])
        assert [entry.id for entry in library.entries()] == ["b", "a", "old", "older"]

    def test_an_entry_shows_what_the_table_shows(self, library: Library) -> None:
        day = datetime(2022, 7, 3, tzinfo=UTC)
        library.put(
            [story("a", "One.", "Two.", title="T", outlet="O", url="https://e.com", published_at=day, version=3)]
        )
        (entry,) = library.entries()
        assert (entry.title, entry.outlet, entry.url, entry.published_at) == ("T", "O", "https://e.com", day)
        assert (entry.ingested_at, entry.version, entry.passages) == (NOW, 3, 2)

    def test_passages_come_in_the_order_of_the_text(self, library: Library) -> None:
        article, passages = story("long", *(f"Part {number}." for number in range(30)))
        library.put([(article, passages[::-1])])
        assert library.passages_of("long") == passages
        assert all(article.text[each.start : each.end] == each.text for each in library.passages_of("long"))


class TestTwins:
    def test_the_same_text_is_recognised_white_space_aside(self, library: Library) -> None:
        library.put([FERRY])
        assert library.twins(FERRY[0].text.replace(" ", "\n\n  ") + "\t") == [FERRY[0]]
        assert library.twins(FERRY[0].text.upper()) == []
        assert library.twins("") == []

    def test_the_first_of_several_comes_first(self, library: Library) -> None:
        library.put([story("first", "Same."), story("second", "Same.")])
        assert [each.id for each in library.twins("Same.")] == ["first", "second"]

    def test_only_the_current_text_counts(self, library: Library) -> None:
        library.put([FERRY])
        library.put([story("ferry", "Raised.", version=2)])
        assert library.twins(FERRY[0].text) == [] and len(library.twins("Raised.")) == 1


class TestSearching:
    @pytest.mark.parametrize(
        ("until", "expected"),
        [
            (None, {"june", "july", "undated"}),
            (datetime(2022, 7, 1, tzinfo=UTC), {"june", "july", "undated"}),
            (datetime(2022, 7, 1, tzinfo=UTC) - timedelta(seconds=1), {"june", "undated"}),
            (datetime(2022, 7, 1, 1, tzinfo=timezone(timedelta(hours=2))), {"june", "undated"}),
            (datetime(2022, 6, 30, 23, tzinfo=timezone(timedelta(hours=-2))), {"june", "july", "undated"}),
            (datetime(1960, 1, 1, tzinfo=UTC), {"undated"}),
            (datetime(1, 1, 2, tzinfo=UTC), {"undated"}),
        ],
        ids=["ever", "that moment", "a second before", "east of it", "west of it", "1960", "the year 1"],
    )
    @pytest.mark.parametrize("read_only", [False, True], ids=["writer", "reader"])
    def test_nothing_later_than_the_reader_s_today_is_found(self, dated, until, expected, read_only) -> None:
        with beside(dated) as reader:
            library = reader if read_only else dated
            assert by_words(library, "ferry", until=until) == expected
            assert set(by_meaning(library, "the ferry sank", until=until)) == expected

    @pytest.mark.parametrize("looked_at_singly", [0, 200], ids=["by the index", "one by one"])
    def test_only_what_lies_within_the_scope_is_found(self, dated: Library, monkeypatch, looked_at_singly) -> None:
        monkeypatch.setattr("vectorstore.indexes.passage_search._LOOKED_AT_SINGLY", looked_at_singly)
        ninth = datetime(2022, 7, 9, tzinfo=UTC)
        dated.put([story("other", "The ferry sank on film.", outlet="Kino", published_at=ninth)])
        dated.put([story("german", "Die ferry ist im Hafen gesunken, the ferry sank.", language="de-AT",
                         published_at=ninth)])  # fmt: skip
        first_of_july = datetime(2022, 7, 1, tzinfo=UTC)
        for scope, expected in (
            (Scope(since=first_of_july), {"july", "other", "german"}),
            (Scope(since=first_of_july, until=first_of_july), {"july"}),
            (Scope(since=datetime(2023, 1, 1, tzinfo=UTC)), set()),
            (Scope(outlets=("Kino",)), {"other"}),
            (Scope(outlets=("Kino",), until=first_of_july), set()),
            (Scope(outlets=("Nobody",)), set()),
            (Scope(languages=("de",)), {"german"}),
            (Scope(languages=("de", "en"), since=ninth), {"other", "german"}),
            (Scope(languages=("pl",)), set()),
        ):
            assert {
                each.article_id for each in dated.search({"the ferry sank": 1.0}, {"ferry": 1.0}, scope, 10)
            } == expected

    @pytest.mark.parametrize("word", ODD_WORDS, ids=lambda word: repr(word[:20]))
    def test_words_are_only_ever_words(self, stocked: Library, word: str) -> None:
        assert by_words(stocked, word, "mortgages") >= {"rates"}
        assert stocked.search({word: 1.0}, {word: 1.0}, Scope(), 5)

    @pytest.mark.parametrize(("limit", "expected"), [(0, 0), (1, 1), (3, 3), (10_000, 4)])
    def test_no_more_than_the_limit_is_found(self, stocked: Library, limit: int, expected: int) -> None:
        assert len(stocked.search({"ferry": 1.0}, {}, Scope(), limit)) == expected

    def test_an_empty_library_finds_nothing(self, library: Library) -> None:
        assert library.search({"anything": 1.0}, {"anything": 1.0}, Scope(), 10) == []
        assert library.hits([("nothing#0", 1.0)]) == []

    def test_a_passage_s_own_words_are_as_near_as_can_be(self, library: Library) -> None:
        library.put([story("a", "The ferry sank.", title="Night"), RATES])
        best = max(library.search({"Night The ferry sank.": 1.0}, {}, Scope(), 5), key=lambda each: each.similarity)
        assert (best.passage_id, best.similarity) == ("a@1#0", pytest.approx(1.0))

    def test_hits_keep_the_order_they_are_asked_in_and_leave_out_what_is_gone(self, stocked: Library) -> None:
        found = stocked.hits([("rates@1#1", 3.0), ("gone@1#0", 2.0), ("ferry@1#0", 1.0)])
        assert [(hit.passage, hit.article, hit.score) for hit in found] == [
            (RATES[1][1], RATES[0], 3.0),
            (FERRY[1][0], FERRY[0], 1.0),
        ]


class TestReopening:
    def test_everything_is_the_same_after_reopening(self, place: Place) -> None:
        with place.opened() as library:
            library.put([FERRY, RATES])
            library.put([story("ferry", "Divers reached the wreck.", version=2)])
            before = (
                library.entries(),
                everything(library),
                library.search({"wreck": 1.0}, {"wreck": 1.0}, Scope(), 10),
            )
        with place.opened() as library:
            after = (
                library.entries(),
                everything(library),
                library.search({"wreck": 1.0}, {"wreck": 1.0}, Scope(), 10),
            )
            assert library.article("ferry", 1) == FERRY[0]
        assert sorted(after[2], key=repr) == sorted(before[2], key=repr)
        assert after[:2] == before[:2]

    def test_searching_goes_on_while_articles_are_put_and_removed(self, library: Library) -> None:
        library.put([FERRY])
        done = threading.Event()
        with ThreadPoolExecutor() as pool:
            readers = [pool.submit(search_until, done, library) for _ in range(2)]
            try:
                for number in range(30):
                    library.put([story(f"n{number}", f"Report {number} on fishing.", f"Part two of {number}.")])
                    if number % 3 == 0:
                        library.remove(f"n{number}")
                    parts = (f"Update {number}, part {part}." for part in range(3))
                    library.put([story("live", *parts, version=number + 1)])
            finally:
                done.set()
        assert all(reader.result() for reader in readers)
        assert library.counts() == (22, 45) and library.check().sound


def search_until(done: threading.Event, library: Library) -> int:
    """Search again and again, and look at every passage; returns how often."""
    times = 0
    while not done.is_set():
        assert "ferry" in by_meaning(library, "The ferry sank in the harbour at night.", limit=50)
        for hit in library.hits([(passage.id, 1.0) for passage in everything(library)]):
            assert hit.passage.version == hit.article.version and hit.passage.text.endswith(".")
        times += 1
    return times


@pytest.mark.parametrize(
    ("article", "expected"),
    [
        (
            Article("a", "", "Rates rise", "Post", published_at=datetime(2022, 7, 3, tzinfo=UTC)),
            "Rates rise (Post, 3 July 2022)",
        ),
        (Article("a", "", "Rates rise", "Post"), "Rates rise (Post)"),
        (Article("a", "", "Rates rise", published_at=datetime(2022, 7, 3, tzinfo=UTC)), "Rates rise (3 July 2022)"),
        (Article("a", "", "Rates rise"), "Rates rise"),
        (Article("a", "", "", "Post"), "(Post)"),
        (Article("a", ""), ""),
    ],
    ids=["all", "no date", "no outlet", "headline only", "outlet only", "nothing"],
)
def test_a_heading_says_what_is_known(article: Article, expected: str) -> None:
    assert heading(article) == expected


def hits(library: Library, query: str):
    return library.hits([(each.passage_id, each.similarity) for each in library.search({query: 1.0}, {}, Scope(), 10)])


def test_a_word_counts_the_more_the_fewer_passages_hold_it(stocked: Library) -> None:
    rarity = stocked.vocabulary().rarity(["the", "sink", "zinc", "SINK", "harbours"])
    assert 0 < rarity["the"] < rarity["harbours"] < rarity["zinc"]
    assert rarity["SINK"] == rarity["sink"] > rarity["the"]  # in any case
    assert stocked.vocabulary().rarity([]) == {}


def test_what_all_of_a_few_articles_are_about_is_no_common_word(library: Library) -> None:
    texts = ["Marlow has a new bridge.", "The mayor of Marlow resigned.", "It rained in Marlow."]
    library.put([story(f"m{n}", text) for n, text in enumerate(texts)])
    rarity = library.vocabulary().rarity(["Marlow", "bridge", "zinc"])
    assert rarity["zinc"] > rarity["Marlow"] > 0.6 * rarity["zinc"]


@pytest.mark.parametrize("word", ODD_WORDS, ids=range(len(ODD_WORDS)))
def test_the_rarity_of_any_word_is_a_number_above_nothing(stocked: Library, word: str) -> None:
    assert stocked.vocabulary().rarity([word])[word] > 0


def test_an_empty_library_knows_no_word(library: Library) -> None:
    assert library.vocabulary().rarity(["ferry"])["ferry"] > 0
