"""What readers add to articles: marked passages with notes, tags, saved filters, and details put right.

Each row belongs to a `person`, "" without accounts; details that are put right, and the collections that articles are
in, are so for everybody. Rows name their article by its id and leave with it; what was removed keeps them, see `taken`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Connection, Engine, Integer, String, Table, Text, delete, func, insert, select, update

from vectorstore import accounts
from vectorstore.characters import storable
from vectorstore.errors import AnnotationUnusable, LibraryBusy
from vectorstore.storage.dialect import insert_new, insert_over
from vectorstore.storage.schema import Json, UtcTime, article_collections, metadata, seen

LONGEST_NOTE = 4000
LONGEST_TAG = 60
LONGEST_NAME = 80
MOST_TAGS = 40
MOST_FILTERS = 200
_LONGEST_MARK = 20_000


def _person() -> Column[Any]:
    return Column("person", String, primary_key=True, server_default="")


# `words` are what stood from `start` to `end` of that version: offsets count characters.
marks = Table(
    "marks",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("article_id", String, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("words", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("person", String, nullable=False, server_default=""),
    sqlite_autoincrement=True,  # the page may still show a mark that was removed, and its number is not another's then
)

tags = Table(
    "tags",
    metadata,
    Column("article_id", String, primary_key=True),
    Column("tag", String, primary_key=True, index=True),
    _person(),
)

# `kept` are the values of a filter, see SavedFilter. The table is called as they were in schema 10.
saved_filters = Table(
    "collections", metadata, Column("name", String, primary_key=True), _person(), Column("kept", Json, nullable=False)
)

# `changed` has the details that a reader has put right, which stand in the article's own row too, and `stated` all of
# them as the publisher has them now.
edits = Table(
    "edits",
    metadata,
    Column("article_id", String, primary_key=True),
    Column("changed", Json, nullable=False),
    Column("stated", Json, nullable=False),
    Column("edited_at", UtcTime, nullable=False),
    Column("person", String, nullable=False, server_default=""),
)

_OF_ARTICLES = (marks, tags, edits, article_collections)


@dataclass(frozen=True, slots=True)
class Mark:
    """A passage that a reader marked in a version of an article: `article.text[start:end] == words`."""

    key: int
    article_id: str
    version: int
    start: int
    end: int
    words: str
    note: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A filter that a reader has given a name: days such as 2022-07-03, and words to be found in the articles."""

    name: str
    search: str = ""
    since: str = ""
    until: str = ""
    outlets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    marked: bool = False
    collections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """Details that were put right, by their names in an Article, and all of them as their publisher states them."""

    changed: Mapping[str, Any] = field(default_factory=dict)
    stated: Mapping[str, Any] = field(default_factory=dict)


EDITABLE = ("title", "outlet", "url", "published_at")
_MARK = [column for column in marks.c if column.name != "person"]


class Annotations:
    """Every method that writes is one transaction; it raises LibraryBusy where the library is only read."""

    def __init__(self, engine: Engine, only_read: str = "", person: str | None = None) -> None:
        """`only_read` says why nothing is to be written, "" where it is; `person` is whose they are, where that is not
        whoever asks."""
        self._engine, self._only_read, self._whose = engine, only_read, person

    @property
    def _person(self) -> str:
        return accounts.person() if self._whose is None else self._whose

    # -- marks and notes -------------------------------------------------------------------------------------------

    def marks(self, article_id: str | None = None) -> list[Mark]:
        """Those in one article in the order of its text, or all of them, the last made first."""
        query = select(*_MARK).where(marks.c.person == self._person, *seen(marks.c.article_id))
        if article_id is None:
            query = query.order_by(marks.c.made_at.desc(), marks.c.key.desc())
        else:
            query = query.where(marks.c.article_id == article_id).order_by(marks.c.version, marks.c.start, marks.c.key)
        with self._engine.connect() as connection:
            return [Mark(**row._mapping) for row in connection.execute(query)]

    def mark(self, article_id: str, version: int, text: str, start: int, end: int, note: str = "") -> Mark:
        """Mark `text[start:end]`, where `text` is that of the version; marked already, it gets the note. Raises
        AnnotationUnusable."""
        if not 0 <= start < end <= len(text) or not text[start:end].strip() or end - start > _LONGEST_MARK:
            raise AnnotationUnusable("These words are not in the article. Select them again.")
        values = {"article_id": article_id, "version": version, "start": start, "end": end, "person": self._person}
        with self._writing().begin() as connection:
            same = [marks.c[name] == value for name, value in values.items()]
            key = connection.execute(select(marks.c.key).where(*same)).scalar()
            if key is None:
                row = values | {"words": storable(text[start:end]), "note": _note(note), "made_at": datetime.now(UTC)}
                key = connection.execute(insert(marks).returning(marks.c.key), row).scalar_one()
            elif note:
                connection.execute(update(marks).where(marks.c.key == key).values(note=_note(note)))
            return Mark(**connection.execute(select(*_MARK).where(marks.c.key == key)).one()._mapping)

    def note(self, key: int, note: str) -> None:
        """What a reader writes beside a mark, "" for nothing. Raises AnnotationUnusable."""
        with self._writing().begin() as connection:
            mine = (marks.c.key == key) & (marks.c.person == self._person)
            if not connection.execute(update(marks).where(mine).values(note=_note(note))).rowcount:
                raise AnnotationUnusable("That mark is no longer there.")

    def unmark(self, key: int) -> None:
        """Nothing where it is gone already."""
        with self._writing().begin() as connection:
            connection.execute(delete(marks).where(marks.c.key == key, marks.c.person == self._person))

    # -- tags ------------------------------------------------------------------------------------------------------

    def tags_of(self, article_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Of each of these articles that has any, in alphabetical order."""
        query = select(tags.c.article_id, tags.c.tag).where(tags.c.article_id.in_(article_ids))
        found: dict[str, list[str]] = {}
        with self._engine.connect() as connection:
            for article_id, tag in connection.execute(query.where(tags.c.person == self._person)):
                found.setdefault(article_id, []).append(tag)
        return {article_id: tuple(sorted(held, key=str.casefold)) for article_id, held in found.items()}

    def tags(self) -> list[tuple[str, int]]:
        """All that are used, in alphabetical order, each with the number of its articles."""
        query = select(tags.c.tag, func.count()).where(tags.c.person == self._person).group_by(tags.c.tag)
        with self._engine.connect() as connection:
            return sorted(((tag, n) for tag, n in connection.execute(query)), key=lambda each: each[0].casefold())

    def tag(self, article_id: str, tag: str) -> str:
        """Give an article a tag, written as one that there is in other letter case; returns it. Raises
        AnnotationUnusable."""
        tag = one_line(tag, LONGEST_TAG)
        known = {each.casefold(): each for each, _ in self.tags()}
        tag = known.get(tag.casefold(), tag)
        if len(held := self.tags_of([article_id]).get(article_id, ())) >= MOST_TAGS and tag not in held:
            raise AnnotationUnusable(f"An article can have {MOST_TAGS} tags. Remove one first.")
        row = {"article_id": article_id, "tag": tag, "person": self._person}
        with self._writing().begin() as connection:
            insert_new(connection, tags, [row])
        return tag

    def untag(self, article_id: str, tag: str) -> bool:
        """False when it had no such tag."""
        mine = (tags.c.article_id == article_id) & (tags.c.tag == tag) & (tags.c.person == self._person)
        with self._writing().begin() as connection:
            return bool(connection.execute(delete(tags).where(mine)).rowcount)

    # -- saved filters ---------------------------------------------------------------------------------------------

    def filters(self) -> list[SavedFilter]:
        """In alphabetical order."""
        query = select(saved_filters).where(saved_filters.c.person == self._person)
        with self._engine.connect() as connection:
            found = [_filter(row.name, row.kept) for row in connection.execute(query)]
        return sorted(found, key=lambda each: each.name.casefold())

    def save_filter(self, filter: SavedFilter) -> SavedFilter:
        """In place of one of that name. Raises AnnotationUnusable."""
        name = one_line(filter.name, LONGEST_NAME)
        others = [each for each in self.filters() if each.name != name]
        if len(others) >= MOST_FILTERS:
            raise AnnotationUnusable(f"{MOST_FILTERS} filters can be saved. Remove one first.")
        names = ("search", "since", "until", "outlets", "languages", "tags", "marked", "collections")
        kept = {each: value for each in names if (value := getattr(filter, each))}
        with self._writing().begin() as connection:
            insert_over(connection, saved_filters, [{"name": name, "person": self._person, "kept": kept}])
        return _filter(name, kept)

    def forget_filter(self, name: str) -> bool:
        """False when there was no filter of that name."""
        mine = (saved_filters.c.name == name) & (saved_filters.c.person == self._person)
        with self._writing().begin() as connection:
            return bool(connection.execute(delete(saved_filters).where(mine)).rowcount)

    # -- details put right -----------------------------------------------------------------------------------------

    def edited(self, article_id: str) -> Edit | None:
        """None for most."""
        with self._engine.connect() as connection:
            return edit_of(connection, article_id)

    def _writing(self) -> Engine:
        if self._only_read:
            raise LibraryBusy(
                f"Nothing can be noted: the library was opened for reading only, since {self._only_read}."
            )
        return self._engine


def edit_of(connection: Connection, article_id: str) -> Edit | None:
    """What was put right of an article."""
    row = connection.execute(select(edits).where(edits.c.article_id == article_id)).one_or_none()
    return Edit(_read(row.changed), _read(row.stated)) if row else None


def keep_edit(connection: Connection, article_id: str, edit: Edit | None) -> None:
    """In place of what was put right before; None when nothing is any more."""
    if edit and edit.changed:
        row = {"article_id": article_id, "changed": _written(edit.changed), "stated": _written(edit.stated)}
        insert_over(connection, edits, [row | {"edited_at": datetime.now(UTC), "person": accounts.person()}])
    else:
        connection.execute(delete(edits).where(edits.c.article_id == article_id))


def taken(connection: Connection, article_id: str) -> dict[str, list[dict[str, Any]]]:
    """All that readers added to an article, by table, which `put_back` takes."""
    found = {}
    for table in _OF_ARTICLES:
        rows = connection.execute(select(table).where(table.c.article_id == article_id))
        found[table.name] = [dict(row._mapping) for row in rows]
    return found


def forget_all(connection: Connection, article_id: str) -> None:
    """Of an article that is removed."""
    for table in _OF_ARTICLES:
        connection.execute(delete(table).where(table.c.article_id == article_id))


def put_back(connection: Connection, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """With an article that is put back."""
    for table in _OF_ARTICLES:
        if rows.get(table.name):
            insert_over(connection, table, rows[table.name])


def _filter(name: str, kept: Mapping[str, Any]) -> SavedFilter:
    values: dict[str, Any] = {
        each: tuple(value) if isinstance(value, list | tuple) else value for each, value in kept.items()
    }
    return SavedFilter(name, **values)


def _written(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def _read(values: Mapping[str, Any]) -> dict[str, Any]:
    when = values.get("published_at")
    return dict(values) | ({"published_at": datetime.fromisoformat(when)} if when else {})


def _note(note: str) -> str:
    if len(note) > LONGEST_NOTE:
        raise AnnotationUnusable(f"This is too long: {len(note):,} characters, and {LONGEST_NOTE:,} is the most.")
    return storable(note.strip())


def one_line(text: str, longest: int) -> str:
    line = " ".join(storable(text).split())
    if not line or not line.isprintable():
        raise AnnotationUnusable("This name needs a letter or a digit in it, and nothing that cannot be seen.")
    if len(line) > longest:
        raise AnnotationUnusable(f"This is too long: {len(line):,} characters, and {longest:,} is the most.")
    return line
