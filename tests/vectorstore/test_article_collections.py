"""Collections of articles, and that whoever is kept to some of them is told nothing of any other article."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from stacks import NOW, Place, beside, by_meaning, by_words, story

from vectorstore.accounts import Account, Role, acting_for, collections_seen
from vectorstore.errors import AccountUnusable, AnnotationUnusable, ArticleNotFound, LibraryBusy
from vectorstore.library import Library
from vectorstore.models import Scope
from vectorstore.shelf import Shelf
from vectorstore.storage.listings import Column, Listing, Listings
from vectorstore.storage.subscriptions import KnownPage, Subscription

FEED = "https://post.example/feed"
SECRET = "zymurgy"
"""A word that hidden articles alone have, as their ids have; so have their outlet, their copies and their language."""


def kept_to(*names: str) -> Account:
    return Account("bea", "bea", Role.READER, frozenset(names))


@pytest.fixture
def library(place: Place) -> Iterator[Library]:
    """Two articles that may be seen by whoever is kept to Sport, one of them a copy of a hidden one."""
    with place.opened() as library:
        told = "The ferry struck the pier at noon and two sailors were hurt when the gangway fell. " * 6
        german = "Der Vorstand tagte gestern in der Hauptstadt und beschloss nach langer Aussprache neue Regeln. " * 3
        hidden = {"outlet": f"{SECRET} Post", "title": f"{SECRET} strikes", "language": "de"}
        library.put(
            [
                story("ferry", told, "The captain was tested.", title="Ferry strikes", outlet="Ledger"),
                story("match", "Norvale won the match.", "Fans cheered.", title="Match", outlet="Ledger"),
                story(f"{SECRET}-copy", told, f"The {SECRET} was tested.", published_at=NOW, **hidden),
                story(f"{SECRET}-alone", german, f"World {SECRET} Board (WZB).", published_at=NOW, **hidden),
            ]
        )
        library.put([story(f"{SECRET}-alone", german, f"Die World {SECRET} Board (WZB).", version=2, **hidden)])
        library.collections.put("Sport", ["ferry", "match"])
        library.collections.put("Desk", [f"{SECRET}-copy"])
        library.subscriptions.add(Subscription(FEED, NOW, title=f"{SECRET} feed"))
        library.subscriptions.record(
            Subscription(FEED, NOW, title=f"{SECRET} feed"), [KnownPage(f"{FEED}/1", FEED, f"{SECRET}-alone")]
        )
        yield library


class TestCollections:
    def test_articles_go_in_and_out_under_the_name_that_there_is(self, library: Library) -> None:
        kept = library.collections
        assert kept.all() == {"Desk": 1, "Sport": 2}
        assert kept.put(" sport ", ["ferry", f"{SECRET}-alone"]) == "Sport"
        assert kept.of(["ferry", "match", "none"]) == {"ferry": ("Sport",), "match": ("Sport",)}
        assert kept.take("SPORT", ["match", "none"]) == 1 and kept.all()["Sport"] == 2
        assert kept.put("Empty", []) == "Empty" and "Empty" not in kept.all()

    @pytest.mark.parametrize("name", ["", "  ", "\u200b", "x" * 81])
    def test_what_is_no_name_is_refused(self, library: Library, name: str) -> None:
        with pytest.raises(AnnotationUnusable):
            library.collections.put(name, ["ferry"])

    def test_they_leave_and_come_back_with_their_article(self, library: Library) -> None:
        removed = library.remove("ferry")
        assert library.collections.all()["Sport"] == 1
        library.restore(removed)
        assert library.collections.of(["ferry"]) == {"ferry": ("Sport",)}

    def test_a_feed_fills_them_with_what_it_led_to_and_leads_to(self, library: Library) -> None:
        kept, feeds = library.collections, library.subscriptions
        assert kept.fill("Wire", FEED) == "Wire" and kept.feeds() == {FEED: ("Wire",)}
        assert kept.all()["Wire"] == 1
        feeds.record(Subscription(FEED, NOW), [KnownPage(f"{FEED}/2", FEED, "match")], moved_to=f"{FEED}.xml")
        assert kept.of(["match"]) == {"match": ("Sport", "Wire")} and kept.feeds() == {f"{FEED}.xml": ("Wire",)}
        feeds.record(Subscription(f"{FEED}.xml", NOW), [KnownPage(f"{FEED}/3", f"{FEED}.xml", "ferry")])
        assert kept.all()["Wire"] == 3
        assert kept.stop_filling("wire", f"{FEED}.xml") and not kept.stop_filling("Wire", f"{FEED}.xml")
        feeds.record(Subscription(f"{FEED}.xml", NOW), [KnownPage(f"{FEED}/4", f"{FEED}.xml", f"{SECRET}-copy")])
        assert kept.all()["Wire"] == 3
        kept.fill("Wire", f"{FEED}.xml")
        feeds.remove(f"{FEED}.xml")
        assert kept.feeds() == {} and kept.all()["Wire"] == 4, "its articles stay, and stay where they are"

    def test_what_was_taken_out_stays_out_when_its_feed_brings_more(self, library: Library) -> None:
        kept, feeds = library.collections, library.subscriptions
        kept.fill("Wire", FEED)
        assert kept.take("Wire", [f"{SECRET}-alone"]) == 1
        known = [KnownPage(f"{FEED}/{number}", FEED, id) for number, id in enumerate((f"{SECRET}-alone", "match"), 1)]
        feeds.record(Subscription(FEED, NOW), known)
        assert kept.of([f"{SECRET}-alone", "match"]) == {"match": ("Sport", "Wire")}
        library.remove("match")
        feeds.record(Subscription(FEED, NOW), known)
        assert "Wire" not in str(kept.of(["match"])), "which is not there"

    def test_the_state_tells_of_changes_to_whoever_is_kept_to_some(self, library: Library) -> None:
        with acting_for(kept_to("Sport")):
            before = library.state
        library.collections.take("Sport", ["match"])
        library.collections.put("Sport", [f"{SECRET}-copy"])
        with acting_for(kept_to("Sport")):
            assert library.state != before, "as many articles, and others"

    def test_a_search_is_kept_to_one(self, library: Library) -> None:
        scope = Scope(collections=("Desk",))
        found = library.search({"ferry pier": 1.0}, {"ferry": 1.0, "match": 1.0}, scope, 10)
        assert {each.article_id for each in found} == {f"{SECRET}-copy"}
        assert [entry.id for entry in library.entries(scope)] == [f"{SECRET}-copy"]
        assert library.search({"ferry": 1.0}, {"ferry": 1.0}, Scope(collections=("None",)), 10) == []

    def test_a_library_that_is_read_is_not_changed(self, library: Library) -> None:
        with beside(library) as reading, pytest.raises(LibraryBusy, match="Collections cannot be changed"):
            reading.collections.put("Sport", ["ferry"])


def every_reading(library: Library) -> dict[str, Callable[[], object]]:
    """What a reader is told by each method by which articles are read, given what would tell of a hidden one."""
    ids = ["ferry", "match", f"{SECRET}-copy", f"{SECRET}-alone"]
    listing = Listing(f"{SECRET} ferry"[len(SECRET) + 1 :], by=Column.HEADLINE)
    text = library.article(f"{SECRET}-copy").text
    passages = [each.id for id in ids for each in library.passages_of(id)]
    listings, feeds = library.listings, library.subscriptions

    def attempt(look: Callable[[], object]) -> object:
        try:
            return look()
        except ArticleNotFound:
            return "not found"

    readings: dict[str, Callable[[], object]] = {
        "find": lambda: [library.find(id) for id in ids] + [library.find(f"{SECRET}-alone", 1)],
        "article": lambda: [attempt(lambda id=id: library.article(id)) for id in ids],
        "versions": lambda: [attempt(lambda id=id: library.versions(id)) for id in ids],
        "stated": lambda: [library.stated(id) for id in ids],
        "twins": lambda: library.twins(text),
        "latest_of": lambda: library.latest_of(f"{SECRET} Post", 9),
        "outlets": library.outlets,
        "languages": lambda: (library.languages(), f"{SECRET}" if "de" in library.languages() else ""),
        "newest": lambda: SECRET if library.newest(datetime.now(UTC)) else "",
        "entries": library.entries,
        "passages_of": lambda: [library.passages_of(id) for id in ids],
        "openings": lambda: [library.openings(), library.openings(by_date=True)],
        "arrived_since": lambda: SECRET if library.arrived_since(NOW - timedelta(days=1)) != 2 else "",
        "counts": lambda: SECRET if library.counts() != (2, 4) else "",
        "hits": lambda: library.hits([(id, 1.0) for id in passages]),
        "search": lambda: [
            library.search({SECRET: 1.0}, {SECRET: 1.0}, Scope(), 50),
            library.search({SECRET: 1.0}, {SECRET: 1.0}, Scope(collections=("Desk", "Sport")), 50),
            library.search({SECRET: 1.0}, {SECRET: 1.0}, Scope(articles=tuple(ids)), 50),
        ],
        "vocabulary": lambda: [
            SECRET if library.vocabulary().frequency(SECRET) else "",
            library.vocabulary().abbreviations("wzb"),
            library.vocabulary().abbreviations("world"),
        ],
        "collections": lambda: [SECRET if "Desk" in library.collections.all() else "", library.collections.of(ids)],
        "annotations": lambda: library.annotations.marks(),
        "listings.everything": listings.everything,
        "listings.holds": lambda: SECRET if listings.holds(f"{SECRET} strikes") else "",
        "listings.page": lambda: [listings.page(Listing()), listings.page(listing), listings.page(Listing(SECRET))],
        "listings.ids": lambda: [listings.ids(Listing()), listings.ids(Listing(SECRET))],
        "listings.tally": lambda: [listings.tally(Listing()), listings.tally(Listing(SECRET))],
        "listings.languages": lambda: SECRET if "de" in dict(listings.languages(Listing())) else "",
        "listings.articles": lambda: [*listings.articles(Listing())],
        "subscriptions.all": feeds.all,
        "subscriptions.article_ids": feeds.article_ids,
        "subscriptions.articles": lambda: feeds.articles(FEED, 9),
    }
    return readings


# Not about articles, or of whoever asks alone.
_NOT_OF_ARTICLES = {"conversations", "people", "reading_states", "state", "listings", "subscriptions", "queue"}


class TestWhoIsKeptToSome:
    def test_nothing_is_told_of_any_other_article(self, library: Library) -> None:
        text = library.article(f"{SECRET}-copy").text
        with acting_for(Account("bea", "bea", Role.READER)):
            library.annotations.mark(f"{SECRET}-copy", 1, text, text.index(SECRET), text.index(SECRET) + len(SECRET))
        readings = every_reading(library)
        for name, read in readings.items():
            with acting_for(Account("bea", "bea", Role.READER)):
                assert SECRET in repr(read()) or name in ("twins",), f"{name} would not show a fault"
            with acting_for(kept_to("Sport")):
                told = repr(read()).replace(f"Scope(articles=('{SECRET}", "")
                assert SECRET not in told.replace(FEED, ""), name

    def test_every_way_to_read_articles_is_looked_at(self, library: Library) -> None:
        """A new one has to be added above."""
        public = {name for name, _ in inspect.getmembers(Shelf) if not name.startswith("_")}
        table = {f"listings.{name}" for name, _ in inspect.getmembers(Listings, inspect.isfunction) if name[0] != "_"}
        looked_at = set(every_reading(library))
        assert public - looked_at == _NOT_OF_ARTICLES and table <= looked_at

    def test_what_may_be_seen_is_found_as_before(self, library: Library) -> None:
        with acting_for(kept_to("Sport")):
            assert by_words(library, "captain") == {"ferry"}
            assert by_meaning(library, "Norvale won", limit=1) == ["match"]
            assert library.article("ferry").title == "Ferry strikes"
            [hit] = library.hits([("ferry@1#0", 1.0)])
            assert hit.copies == ()
        assert library.hits([("ferry@1#0", 1.0)])[0].copies[0].id == f"{SECRET}-copy"

    def test_of_no_collection_nothing_is_seen(self, library: Library) -> None:
        for nothing in (kept_to(), kept_to("gone")):
            with acting_for(nothing):
                assert library.counts() == (0, 0) and library.entries() == []
                assert library.search({"ferry": 1.0}, {"ferry": 1.0}, Scope(), 10) == []

    def test_the_indexes_are_kept_up_for_all_when_one_who_sees_little_asks_first(self, place: Place) -> None:
        with place.opened() as library:
            library.put([story("ferry", "The ferry sank."), story("rates", "Rates rose.")])
            library.collections.put("Sport", ["ferry"])
        with place.opened() as library:
            with acting_for(kept_to("Sport")):
                assert by_words(library, "ferry", "rates") == {"ferry"}
            assert by_words(library, "ferry", "rates") == {"ferry", "rates"}
            assert library.check().missing == 0

    def test_whoever_adds_and_removes_sees_everything(self) -> None:
        for role in (Role.EDITOR, Role.ADMINISTRATOR):
            with acting_for(Account("ed", "ed", role, frozenset())):
                assert collections_seen() is None


class TestAccounts:
    def test_a_reader_is_kept_to_some_from_the_next_request_on(self, library: Library) -> None:
        people = library.people
        account = people.choose_password(people.add("bea", Role.READER), "four grey ferries left")
        secret = people.begin(account.id)
        assert people.in_session(secret) == Account(account.id, "bea", Role.READER, None)
        people.keep_to("bea", ["Sport", "Sport"])
        found = people.in_session(secret)
        assert found is not None and found.collections == {"Sport"}
        assert people.entries()[0].collections == ("Sport",)
        people.keep_to("bea", [])
        found = people.in_session(secret)
        assert found is not None and found.collections == frozenset(), "none is not all"
        people.keep_to("bea", None)
        found = people.in_session(secret)
        assert found is not None and found.collections is None
        assert [act.what for act in people.acts() if act.act == "kept to collections"] == [
            "bea (all articles)",
            "bea (no articles)",
            "bea (Sport)",
        ]

    def test_one_who_edits_is_not_kept_to_any(self, library: Library) -> None:
        people = library.people
        people.add("ed", Role.EDITOR)
        with pytest.raises(AccountUnusable, match="users role ed reader"):
            people.keep_to("ed", ["Sport"])
        with pytest.raises(AccountUnusable, match="Give it the role reader"):
            people.make_token("ed", None, timedelta(days=1), collections=["Sport"])

    def test_a_token_sees_what_it_and_its_account_may_see(self, library: Library) -> None:
        people, day = library.people, timedelta(days=1)
        people.add("bea", Role.READER)
        people.add("ed", Role.EDITOR)
        narrow = people.make_token("bea", None, day, collections=["Sport", "Desk"])
        wide = people.make_token("bea", None, day)
        of_editor = people.make_token("ed", Role.READER, day, collections=["Desk"])

        def sees(token: str) -> frozenset[str] | None:
            account = people.with_token(token)
            assert account is not None
            return account.collections

        assert (sees(narrow), sees(wide), sees(of_editor)) == ({"Sport", "Desk"}, None, {"Desk"})
        people.keep_to("bea", ["Desk", "Archive"])
        assert (sees(narrow), sees(wide)) == ({"Desk"}, {"Desk", "Archive"})
        people.set_role("bea", Role.EDITOR)
        assert (sees(narrow), sees(wide)) == ({"Desk"}, {"Desk", "Archive"}), "a token of before is no more than it was"
        assert {each.collections for each in people.tokens()} == {("Desk", "Sport"), None, ("Desk",)}

    def test_whoever_comes_by_a_provider_is_kept_to_some_from_the_first_time_on(self, library: Library) -> None:
        people = library.people
        kept = people.known_at_provider("at bea", "bea", Role.READER, ["Sport"])
        assert kept.collections == {"Sport"}
        people.keep_to("bea", ["Desk"])
        assert people.known_at_provider("at bea", "bea", Role.READER, ["Sport"]).collections == {"Desk"}
        people.keep_to("bea", None)
        assert people.known_at_provider("at bea", "bea", Role.READER, ["Sport"]).collections is None
        assert people.known_at_provider("at ann", "ann", Role.READER).collections is None
        editor = people.known_at_provider("at ed", "ed", Role.EDITOR, ["Sport"])
        with acting_for(editor):
            assert collections_seen() is None
        with acting_for(people.known_at_provider("at ed", "ed", Role.READER, ["Sport"])):
            assert collections_seen() == {"Sport"}, "once they edit no more"
