"""`dateline users`: accounts, tokens and the audit log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Annotated, Any

import typer

from assistant.commands import Opens
from vectorstore.accounts import Role
from vectorstore.console.commands import JsonOption, LibraryOption, tell
from vectorstore.errors import AccountUnusable

AtOption = Annotated[
    str | None, typer.Option("--at", help="The address by which readers open the page, for the link.", metavar="URL")
]
_YEAR = timedelta(days=365)


class UserCommands:
    """Over the library for reading and for writing. `address` is where the page is, by the settings; `span` reads 90d
    or 12h, and raises ValueError."""

    def __init__(
        self, reading: Opens, writing: Opens, address: Callable[[], str], span: Callable[[str], timedelta]
    ) -> None:
        self._reading, self._writing, self._address, self._span = reading, writing, address, span

    def add_to(self, cli: typer.Typer) -> None:
        users = typer.Typer(no_args_is_help=True, help="Who may use a Dateline that others can reach, and as what.")
        users.command("list")(self.list_accounts)
        for command in (
            *(self.add, self.remove, self.role, self.collections, self.reset),
            *(self.token, self.tokens, self.revoke, self.audit),
        ):
            users.command()(command)
        cli.add_typer(users, name="users")

    def add(
        self,
        name: str,
        admin: Annotated[bool, typer.Option("--admin", help="As an administrator.")] = False,
        editor: Annotated[bool, typer.Option("--editor", help="As an editor.")] = False,
        at: AtOption = None,
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Add somebody, a reader if nothing else is said, and print the link by which they choose a password."""
        role = Role.ADMINISTRATOR if admin else Role.EDITOR if editor else Role.READER
        with self._writing(library) as opened:
            link = self._link(at, opened.library.people.add(name, role))
        _tell_link(name, link, as_json)

    def list_accounts(self, library: LibraryOption = None, as_json: JsonOption = False) -> None:
        """Everybody, with their roles and when they were seen last."""
        with self._reading(library) as opened:
            entries = opened.library.people.entries()
        rows = [
            {
                "name": each.name,
                "role": each.role.word,
                "can_sign_in": each.chosen,
                "seen_at": each.seen_at and each.seen_at.isoformat(),
                "collections": _listed(each.collections),
            }
            for each in entries
        ]
        lines = [
            f"{each.name}  {each.role.word}{_seen(each.chosen, each.seen_at)}{_kept_to(each.collections)}"
            for each in entries
        ]
        tell(rows, "\n".join(lines) or "There are no accounts.", as_json)

    def remove(self, name: str, library: LibraryOption = None, as_json: JsonOption = False) -> None:
        """Take somebody's account away, with their conversations, marks and tokens."""
        with self._writing(library) as opened:
            opened.library.people.remove(name)
        tell({"removed": name}, f"Removed {name}.", as_json)

    def role(
        self,
        name: str,
        role: Annotated[str, typer.Argument(help="reader, editor or administrator.")],
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Give somebody another role, from their next request on."""
        given = _role(role)
        with self._writing(library) as opened:
            opened.library.people.set_role(name, given)
        tell({"name": name, "role": given.word}, f"{name} is {given.word} now.", as_json)

    def collections(
        self,
        name: str,
        collections: Annotated[list[str] | None, typer.Argument(metavar="COLLECTION...")] = None,
        all: Annotated[bool, typer.Option("--all", help="All articles again.")] = False,
        none: Annotated[bool, typer.Option("--none", help="No article, until something else is said.")] = False,
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Keep a reader to the articles in some collections, from their next request on: the page, searches, answers
        and tokens show nothing of any other."""
        if bool(collections) + all + none != 1:
            raise typer.BadParameter("name the collections, or say --all or --none.")
        with self._writing(library) as opened:
            kept = None if all else _known(collections or (), opened.library.collections.all())
            opened.library.people.keep_to(name, kept)
        tell({"name": name, "collections": kept}, f"{name} sees{_kept_to(kept) or '  all articles'}.", as_json)

    def reset(self, name: str, at: AtOption = None, library: LibraryOption = None, as_json: JsonOption = False) -> None:
        """Take somebody's password and tokens away, sign them out everywhere, and print a new link."""
        with self._writing(library) as opened:
            link = self._link(at, opened.library.people.reset(name))
        _tell_link(name, link, as_json)

    def token(
        self,
        name: str,
        role: Annotated[str | None, typer.Option(help="A lesser role than the account has.")] = None,
        expires: Annotated[str, typer.Option(help="After this time: 12h, 90d.")] = "90d",
        collections: Annotated[
            list[str] | None,
            typer.Option("--collection", help="Of a reader's token: only articles in this one; can be repeated."),
        ] = None,
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Make a token for a program of somebody's. It is printed once, and kept nowhere."""
        given, lasts = _role(role) if role else None, self._lasts(expires)
        with self._writing(library) as opened:
            kept = _known(collections, opened.library.collections.all()) if collections else None
            token = opened.library.people.make_token(name, given, lasts, collections=kept)
        tell({"name": name, "token": token}, token, as_json)

    def tokens(self, library: LibraryOption = None, as_json: JsonOption = False) -> None:
        """Every token by its id: whose it is, its role, and how long it is good for."""
        with self._reading(library) as opened:
            entries = opened.library.people.tokens()
        rows = [
            {
                "id": each.id,
                "name": each.name,
                "role": each.role.word,
                "expires_at": each.expires_at.isoformat(),
                "used_at": each.used_at and each.used_at.isoformat(),
                "collections": _listed(each.collections),
            }
            for each in entries
        ]
        lines = [
            f"{each.id}  {each.name}  {each.role.word}  until {each.expires_at:%Y-%m-%d}{_used(each.used_at)}"
            f"{_kept_to(each.collections)}"
            for each in entries
        ]
        tell(rows, "\n".join(lines) or "There are no tokens.", as_json)

    def revoke(
        self,
        id: Annotated[str, typer.Argument(help="As `dateline users tokens` shows it.")],
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Make a token worth nothing, from the next request on."""
        with self._writing(library) as opened:
            opened.library.people.revoke_token(id)
        tell({"revoked": id}, f"The token {id} is good for nothing now.", as_json)

    def audit(
        self,
        most: Annotated[int, typer.Option(help="The last so many.", min=1, max=100_000)] = 50,
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Who added, removed and changed what, the last first."""
        with self._reading(library) as opened:
            acts = opened.library.people.acts(most)
        rows = [{"at": each.at.isoformat(), "who": each.who, "act": each.act, "what": each.what} for each in acts]
        lines = [
            f"{each.at:%Y-%m-%d %H:%M} UTC  {each.who or '(command line)'}  {each.act}: {each.what}" for each in acts
        ]
        tell(rows, "\n".join(lines) or "Nothing was done yet.", as_json)

    def _link(self, at: str | None, secret: str) -> str:
        return f"{(at or self._address()).rstrip('/')}/account/password?key={secret}"

    def _lasts(self, text: str) -> timedelta:
        try:
            lasts = self._span(text)
        except ValueError as error:
            raise typer.BadParameter(f"{error}.", param_hint="--expires") from error
        if lasts > _YEAR:
            raise typer.BadParameter("a token is good for a year at most.", param_hint="--expires")
        return lasts


def _role(word: str) -> Role:
    """Of an account."""
    try:
        role = Role.named(word)
    except ValueError as error:
        raise typer.BadParameter(f"{error}.") from error
    if role is Role.NOBODY:
        raise typer.BadParameter(f"{word!r} is none of reader, editor, administrator.")
    return role


def _tell_link(name: str, link: str, as_json: bool) -> None:
    value: dict[str, Any] = {"name": name, "link": link}
    tell(value, f"{name} chooses a password here, once and within three days:\n{link}", as_json)


def _known(names: Iterable[str], held: Iterable[str]) -> list[str]:
    """As they are written in the library. Raises AccountUnusable."""
    spelled = {each.casefold(): each for each in held}
    if unknown := [each for each in names if each.strip().casefold() not in spelled]:
        raise AccountUnusable(
            f"There is no collection {unknown[0]!r}; `dateline library collections` shows them, and `dateline library "
            "collect` makes one."
        )
    return [spelled[each.strip().casefold()] for each in names]


def _kept_to(collections: Sequence[str] | None) -> str:
    if collections is None:
        return ""
    return f"  only {', '.join(collections)}" if collections else "  nothing"


def _seen(chosen: bool, seen_at: Any) -> str:
    if not chosen:
        return "  has not chosen a password"
    return f"  seen {seen_at:%Y-%m-%d %H:%M} UTC" if seen_at else "  never seen"


def _used(used_at: Any) -> str:
    return f"  used {used_at:%Y-%m-%d}" if used_at else "  never used"


def _listed(collections: Sequence[str] | None) -> list[str] | None:
    return None if collections is None else [*collections]
