"""The catalogue's tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    String,
    Table,
    Text,
    TypeDecorator,
    func,
    literal_column,
    select,
)

from vectorstore.accounts import collections_seen
from vectorstore.errors import LibraryUnreadable
from vectorstore.storage.dialect import WITHOUT_CASE

SCHEMA_VERSION = "11"


class _Read(TypeDecorator[Any]):
    """What SQLite keeps as text, which a bit that was turned makes unreadable without SQLite noticing."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Raises LibraryUnreadable."""
        read = super().result_processor(dialect, coltype)

        def read_or_told(value: Any) -> Any:
            try:
                return read(value) if read else value
            except ValueError as error:
                raise LibraryUnreadable(
                    f"The catalogue is damaged: it holds {str(value)[:80]!r}, which cannot be read ({error}). Bring a "
                    "backup back with `dateline library restore FILE`."
                ) from error

        return read_or_told


class Json(_Read):
    """Plain JSON values; None is no value."""

    impl = JSON(none_as_null=True)
    cache_ok = True


class UtcTime(_Read):
    """Timezone-aware in Python, naive UTC in the database: SQLite keeps no zone and would sort text by it."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData()

# What the library remembers of itself: the schema's version, generations, the vectors' seal, and the name of the
# embedder whose vectors the passages have, with that of the next one while it is being changed.
facts = Table("facts", metadata, Column("name", String, primary_key=True), Column("value", Text, nullable=False))


def _statement() -> list[Column[Any]]:
    """The columns that an article and each earlier version of it share."""
    return [
        Column("version", Integer, nullable=False),
        Column("title", Text, nullable=False),
        Column("outlet", Text, nullable=False),
        Column("authors", Json, nullable=False),
        Column("url", Text, nullable=False),
        Column("published_at", UtcTime),
        Column("updated_at", UtcTime),
        Column("ingested_at", UtcTime, nullable=False),
        Column("language", String, nullable=False),
        Column("text", Text, nullable=False),
        Column("summary_only", Boolean, nullable=False),
        Column("gone_at", UtcTime),
        # Pairs of a day or null and a text.
        Column("corrections", Json, nullable=False, server_default="[]"),
    ]


articles = Table(
    "articles",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    *_statement(),
    Column("text_hash", String, nullable=False, index=True),
    Column("story", Integer, nullable=False, index=True, server_default="0"),
)

Index("articles_published_at", articles.c.published_at)
Index("articles_outlet", articles.c.outlet)
Index("articles_language", articles.c.language)

earlier_versions = Table(
    "earlier_versions",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("id", String, nullable=False, index=True),
    *_statement(),
)

# What the library's table shows of an article, searches and sorts by; see listings.py. `words` are those of the
# headline and the outlet, without case and accents, `length` is that of the text in characters.
listed = Table(
    "listed",
    metadata,
    Column("article_key", ForeignKey("articles.key", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("id", String, nullable=False),
    Column("words", Text, nullable=False),
    Column("outlet", WITHOUT_CASE, nullable=False, index=True),
    Column("language", String, nullable=False, index=True),
    Column("published_at", UtcTime, index=True),
    Column("ingested_at", UtcTime, nullable=False, index=True),
    Column("passages", Integer, nullable=False, index=True),
    Column("length", Integer, nullable=False, index=True),
)

# PostgreSQL indexes no text of more than 2,700 bytes, which a headline may have.
Index("ix_listed_words", listed.c.words).ddl_if(dialect="sqlite")

# `vector` is empty as long as the passage waits for it.
passages = Table(
    "passages",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("article_key", ForeignKey("articles.key", ondelete="CASCADE"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("generation", Integer, nullable=False, index=True),
    Column("vector", LargeBinary, nullable=False),
    # That in which it got the vector that it has, see Catalogue.vectors_since.
    Column("vector_generation", Integer, nullable=False, index=True, server_default="0"),
)

# Written out: with a parameter in its place, SQLite would not use the index.
WITHOUT_VECTOR = func.length(passages.c.vector) == literal_column("0")
Index("passages_waiting", passages.c.article_key, sqlite_where=WITHOUT_VECTOR, postgresql_where=WITHOUT_VECTOR)

# While the embedder is being changed: the vectors of the next one.
next_vectors = Table(
    "next_vectors",
    metadata,
    Column("passage_key", ForeignKey("passages.key", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("vector", LargeBinary, nullable=False),
)

# The sketch of each article's text, see near_duplicates.py: one look-up finds the articles that share marks. `runs` is
# how many runs of words the text has. No foreign key: without an index of its own, each removal of an article would
# read the whole table.
sketches = Table(
    "sketches",
    metadata,
    Column("mark", BigInteger, primary_key=True, autoincrement=False),
    Column("article_key", Integer, primary_key=True),
    Column("runs", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# Passages that the catalogue no longer has and the indexes may still have, with the generation in which they went. Each
# index remembers up to which generation it has followed; what all of them have followed is taken out.
withdrawn = Table(
    "withdrawn",
    metadata,
    Column("passage_id", String, primary_key=True),
    Column("generation", Integer, nullable=False, index=True, server_default="0"),
)

# The feeds that the library follows. `digest` is that of the bytes read last, for servers that give no validators.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("url", String, primary_key=True),
    Column("title", Text, nullable=False),
    Column("added_at", UtcTime, nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("digest", String, nullable=False),
    Column("last_run_at", UtcTime),
    Column("last_result", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("next_due_at", UtcTime),
)

# The pages behind the entries of those feeds, and the article that each became.
pages = Table(
    "pages",
    metadata,
    Column("url", String, primary_key=True),
    Column("feed", String, nullable=False, index=True),
    Column("article_id", String, nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("listed", Boolean, nullable=False),
)

# Collections, see vectorstore.storage.article_collections: the articles in each, and the feeds that fill them.
article_collections = Table(
    "article_collections",
    metadata,
    Column("collection", String, primary_key=True),
    Column("article_id", String, primary_key=True, index=True),
)
feed_collections = Table(
    "feed_collections",
    metadata,
    Column("url", String, primary_key=True),
    Column("collection", String, primary_key=True),
)

# See vectorstore.storage.address_queue.
queued_addresses = Table(
    "queued_addresses",
    metadata,
    Column("url", String, primary_key=True),
    Column("collection", String, nullable=False),
    Column("queued_at", UtcTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due_at", UtcTime, index=True),  # none where it is set aside
    Column("problem", Text, nullable=False),
)

robots = Table(
    "robots",
    metadata,
    Column("origin", String, primary_key=True),
    Column("text", Text, nullable=False),
    Column("read_at", UtcTime, nullable=False),
)

hosts = Table("hosts", metadata, Column("host", String, primary_key=True), Column("free_at", UtcTime, nullable=False))
"""Sites that several machines read: not before this moment is the next request made."""

conversations = Table(
    "conversations",
    metadata,
    Column("id", String, primary_key=True),
    Column("title", Text, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False, index=True),
    Column("person", String, nullable=False, server_default="", index=True),
)

# A question with its answer and the evidence for it, as it was shown; see vectorstore.storage.conversations.
exchanges = Table(
    "exchanges",
    metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("question", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("answer", Json),
    Column("problem", Text, nullable=False),
    Column("stopped", Boolean, nullable=False),
    Column("thumb", String, nullable=False),
    Column("reason", Text, nullable=False),
)

# See vectorstore.storage.conversations.
answers_under_way = Table(
    "answers_under_way",
    metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("writer", String, nullable=False),
    Column("heard_at", Double, nullable=False),
    Column("steps", Integer, nullable=False),
    Column("ahead", Integer),
    Column("answer", Json),
    Column("halted", Boolean, nullable=False),
)

# What readers have done with articles and stories; see vectorstore.storage.reading_state. No foreign keys: an article
# that is removed can be put back, and is read or starred as it was. `person` is "" without accounts, as everywhere.
articles_read = Table(
    "articles_read",
    metadata,
    Column("person", String, primary_key=True, server_default=""),
    Column("article_id", String, primary_key=True),
    Column("read_at", UtcTime, nullable=False),
)

articles_starred = Table(
    "articles_starred",
    metadata,
    Column("person", String, primary_key=True, server_default=""),
    Column("article_id", String, primary_key=True),
    Column("starred_at", UtcTime, nullable=False),
)

# A story that is followed is the articles that its reader knows of it: any other that belongs with them is new. `story`
# is the first of them.
stories_followed = Table(
    "stories_followed",
    metadata,
    Column("person", String, primary_key=True, server_default=""),
    Column("article_id", String, primary_key=True),
    Column("story", String, nullable=False, index=True),
    Column("known_at", UtcTime, nullable=False),
)


# -- which articles may be seen ------------------------------------------------------------------------------------

# By whoever it is done for: a condition in each statement that reads some for a reader. Whatever keeps the indexes, the
# stories and the feeds going works on all articles, whoever has set it off.


def seen(article_id: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """The condition, none where every article may be seen."""
    allowed = collections_seen()
    return [] if allowed is None else [article_id.in_(in_collections(sorted(allowed)))]


def in_collections(names: Sequence[str]) -> Select[tuple[str]]:
    """The ids of the articles in any of these collections."""
    return select(article_collections.c.article_id).where(article_collections.c.collection.in_(names))
