"""What SQLite and PostgreSQL say in different words. All other statements are the same for both."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import (
    Boolean,
    Connection,
    CursorResult,
    Dialect,
    Integer,
    Select,
    String,
    Table,
    Text,
    TypeDecorator,
    bindparam,
    func,
    literal,
    select,
    text,
)
from sqlalchemy import cast as as_type
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateColumn
from sqlalchemy.sql.functions import FunctionElement

NO_NUL = "\N{REPLACEMENT CHARACTER}"
"""PostgreSQL keeps no NUL in a text: this stands in its place, so that every offset stays true."""
WITHOUT_CASE = Text(collation="NOCASE").with_variant(Text(), "postgresql")
"""A column that is sorted by `without_case`."""
# Of all who write to a catalogue: any number that nobody else uses.
_TURN = 5_610_200_001
_ANY_CASE = '{0} COLLATE "default"'


class holds(FunctionElement[bool]):
    """Whether a word stands in a text, letter by letter."""

    type = Boolean()
    inherit_cache = True


class holds_in_any_case(FunctionElement[bool]):
    """The same, whatever the case of either; SQLite's own lower() is replaced, see database.py."""

    type = Boolean()
    inherit_cache = True


class without_case(FunctionElement[str]):
    """By which a column of the type WITHOUT_CASE is sorted."""

    type = Text()
    inherit_cache = True


class day_of(FunctionElement[str]):
    """The day of a moment as 2026-01-31."""

    type = String()
    inherit_cache = True


class _elements(FunctionElement[Any]):
    name = "elements"
    inherit_cache = True


class _Values(TypeDecorator[Any]):
    """As many as there are, in one parameter: SQLite takes 32,766 of them at most, PostgreSQL 65,535."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        if dialect.name == "postgresql":
            value = [each.replace("\0", NO_NUL) if isinstance(each, str) else each for each in value]
        return json.dumps(value)


def each_of(values: Iterable[str]) -> Select[Any]:
    """The values as a query, for `in_`."""
    return select(as_type(_held(values), Text))


def each_key_of(values: Iterable[int]) -> Select[Any]:
    """The same of keys."""
    return select(as_type(_held(values), Integer))


def _held(values: Iterable[Any]) -> Any:
    return _elements(bindparam("held", list(values), unique=True, type_=_Values())).table_valued("value").c.value


@compiles(holds, "sqlite")
def _(element: Any, compiler: Any, **more: Any) -> str:
    return "instr({}, {}) > 0".format(*_parts(element, compiler, more))


@compiles(holds, "postgresql")
def _(element: Any, compiler: Any, **more: Any) -> str:
    return "strpos({}, {}) > 0".format(*_parts(element, compiler, more))


@compiles(holds_in_any_case, "sqlite")
def _(element: Any, compiler: Any, **more: Any) -> str:
    return "instr(lower({}), lower({})) > 0".format(*_parts(element, compiler, more))


@compiles(holds_in_any_case, "postgresql")
def _(element: Any, compiler: Any, **more: Any) -> str:
    inside, word = (f"lower({_ANY_CASE.format(part)})" for part in _parts(element, compiler, more))
    return f"strpos({inside}, {word}) > 0"


@compiles(without_case, "sqlite")
def _(element: Any, compiler: Any, **more: Any) -> str:
    return _parts(element, compiler, more)[0]


@compiles(without_case, "postgresql")
def _(element: Any, compiler: Any, **more: Any) -> str:
    return f'(lower({_ANY_CASE.format(*_parts(element, compiler, more))}) COLLATE "C")'


@compiles(day_of, "sqlite")
def _(element: Any, compiler: Any, **more: Any) -> str:
    return "date({})".format(*_parts(element, compiler, more))


@compiles(day_of, "postgresql")
def _(element: Any, compiler: Any, **more: Any) -> str:
    return "to_char({}, 'YYYY-MM-DD')".format(*_parts(element, compiler, more))


@compiles(_elements, "sqlite")
def _(element: Any, compiler: Any, **more: Any) -> str:
    return "json_each({})".format(*_parts(element, compiler, more))


@compiles(_elements, "postgresql")
def _(element: Any, compiler: Any, **more: Any) -> str:
    return "json_array_elements_text(CAST({} AS JSON))".format(*_parts(element, compiler, more))


@compiles(CreateColumn, "postgresql")
def _(element: Any, compiler: Any, **more: Any) -> str:
    """Texts in the order of their letters' numbers, as in SQLite, whatever the order of the database."""
    column, made = element.element, str(compiler.visit_create_column(element, **more))
    if not isinstance(column.type, String) or getattr(column.type, "collation", "") not in (None, "NOCASE"):
        return made
    kind = compiler.dialect.type_compiler_instance.process(column.type)
    return made.replace(f" {kind}", f' {kind} COLLATE "C"', 1)


def _parts(element: Any, compiler: Any, more: Mapping[str, Any]) -> list[str]:
    return [str(compiler.process(each, **more)) for each in element.clauses]


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Those whose keys are not there yet; how many that were, where there is one."""
    return _done(connection, _insert(connection, table).on_conflict_do_nothing(), rows)


def insert_over(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], beside: Mapping[str, Any] | None = None
) -> None:
    """In the place of those whose keys are there. `beside` has values that are the same for all."""
    statement = _insert(connection, table)
    keys = [column.name for column in table.primary_key]
    given = [*rows[0], *(beside or {})]
    changed = {name: statement.excluded[name] for name in given if name not in keys}
    if changed:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=changed)
    else:
        statement = statement.on_conflict_do_nothing()
    _done(connection, statement, [{**each, **(beside or {})} for each in rows])


def insert_selected_over(connection: Connection, table: Table, names: Sequence[str], query: Select[Any]) -> Any:
    """A statement that puts what a query finds in the place of what has the same keys."""
    statement = _insert(connection, table).from_select(list(names), query)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in names if name not in keys}
    if not changed:
        return statement.on_conflict_do_nothing()
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


def _insert(connection: Connection, table: Table) -> sqlite.Insert:
    """Both dialects have these two clauses under the same names."""
    made = postgresql.insert(table) if _is_postgres(connection) else sqlite.insert(table)
    return cast(sqlite.Insert, made)


def _done(connection: Connection, statement: Any, rows: Sequence[Mapping[str, Any]]) -> int:
    result: CursorResult[Any] = connection.execute(statement, list(rows) if len(rows) > 1 else rows[0])
    return result.rowcount


def take_turn(connection: Connection) -> None:
    """Whoever changes articles does so one after the other, until the transaction ends: so the changes of one number
    are there before those of the next one are. Of a SQLite file there is one writer."""
    if _is_postgres(connection):
        connection.execute(select(func.pg_advisory_xact_lock(literal(_TURN))))


def claim(connection: Connection, kind: int, number: int) -> bool:
    """Whether this connection has a piece of work for itself from now on, until `give_back`, or until it is closed,
    whatever ends its process. Of PostgreSQL alone: on SQLite one process works."""
    return bool(connection.execute(select(func.pg_try_advisory_lock(literal(kind), literal(number)))).scalar())


def give_back(connection: Connection) -> None:
    """All that the connection has claimed."""
    connection.execute(select(func.pg_advisory_unlock_all()))


def is_sound(connection: Connection) -> bool:
    """Whether the database passes its own check. PostgreSQL has none but that it answers: it checks each page that it
    reads, where its owner has switched that on."""
    return _is_postgres(connection) or connection.execute(text("PRAGMA quick_check")).scalar() == "ok"


def go_on_counting(connection: Connection, table: Table) -> None:
    """After rows were put in with the keys that they had elsewhere."""
    key = table.autoincrement_column
    if key is None or not _is_postgres(connection):
        return
    last = connection.execute(select(func.max(key))).scalar() or 0
    sequence = func.pg_get_serial_sequence(table.name, key.name)
    connection.execute(select(func.setval(sequence, last + 1, False)))


def _is_postgres(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"
