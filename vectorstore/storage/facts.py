"""What the library remembers of itself, by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, or_, select

from vectorstore.storage.dialect import insert_over, take_turn
from vectorstore.storage.schema import facts

INDEXED, INDEXED_VECTORS = "indexed", "indexed vectors"
"""At the end of the names of the facts that say up to which generation an index has followed the catalogue."""
NEXT_EMBEDDER = "next embedder"
"""The fact that names it while the vectors of the one in use are still searched."""
COLLECTIONS = "collections changed"
"""How often what is in collections has changed."""
VECTORS_OF = "vectors of"
"""The embedder whose vectors an index has."""
SERVER = "Chroma server"
"""The facts about vectors that all share begin with it."""
_SEEN, _NODE = "seen", ": "
_FORGOTTEN_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Node:
    """A process that follows the catalogue, or the Chroma server that all share: how many changes its indexes have yet
    to take over, and when it was seen last."""

    name: str
    behind: int
    seen: datetime


def recall(connection: Connection, name: str) -> str | None:
    """What the library remembers under this name."""
    value: str | None = connection.execute(select(facts.c.value).where(facts.c.name == name)).scalar()
    return value


def remember(connection: Connection, name: str, value: str | None) -> None:
    """Keep a fact, or forget it with None."""
    if value is None:
        connection.execute(delete(facts).where(facts.c.name == name))
    else:
        insert_over(connection, facts, [{"name": name, "value": value}])


def next_generation(connection: Connection) -> int:
    """The number of a change of the articles, which all that is changed with it is marked with."""
    take_turn(connection)
    generation = int(recall(connection, "generation") or 0) + 1
    remember(connection, "generation", str(generation))
    return generation


def followed(connection: Connection) -> dict[str, int]:
    """Up to which generation each index, on whatever machine, has followed the catalogue, by the name of the fact."""
    ends = or_(facts.c.name.endswith(INDEXED), facts.c.name.endswith(INDEXED_VECTORS))
    return {name: int(value) for name, value in connection.execute(select(facts.c.name, facts.c.value).where(ends))}


def saw(connection: Connection, node: str, now: datetime) -> None:
    """Of a node, by the beginning of its facts. Those of nodes that were last seen long ago are taken out: should one
    come back, it makes its indexes anew."""
    if not node:
        return
    remember(connection, f"{node}{_SEEN}", now.isoformat())
    for each in nodes(connection):
        if now - each.seen > _FORGOTTEN_AFTER:
            connection.execute(delete(facts).where(facts.c.name.startswith(f"{each.name}{_NODE}", autoescape=True)))


def nodes(connection: Connection) -> list[Node]:
    """All that follow the catalogue, by name."""
    seen = select(facts.c.name, facts.c.value).where(facts.c.name.endswith(f"{_NODE}{_SEEN}")).order_by(facts.c.name)
    generation, known = int(recall(connection, "generation") or 0), followed(connection)
    found = []
    for name, value in connection.execute(seen).all():
        node = name.removesuffix(f"{_NODE}{_SEEN}")
        indexed = known.get(f"{node}{_NODE}{INDEXED}", known.get(f"{node}{_NODE}{INDEXED_VECTORS}", 0))
        behind = generation - indexed
        found.append(Node(node, behind, datetime.fromisoformat(value)))
    return found
