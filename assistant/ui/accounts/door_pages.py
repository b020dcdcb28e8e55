"""What signing in and out looks like: whole pages without a script. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from string import Template
from urllib.parse import quote

from assistant.text.texts import LANGUAGES, language, tr, tr_line
from assistant.ui.accounts.gate import role_name
from assistant.ui.render import shown
from vectorstore.accounts import Account
from vectorstore.storage.account_tables import Act, PersonEntry
from vectorstore.storage.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD
from vectorstore.storage.people import LONGEST_NAME

_HERE = Path(__file__).parent


def sign_in_page(problem: str = "", name: str = "", onward: str = "", openid: bool = False) -> str:
    """`onward` is where to go then; with `openid` there is a way through the organisation's own provider."""
    there = f"./openid?next={quote(onward, safe='')}"
    other = (
        f'<p><a class="button plain" href="{there}">{tr("Sign in with your organisation")}</a></p>' if openid else ""
    )
    return _page(
        tr("Sign in"),
        f"{_problem(problem)}"
        '<form method="post" action="./in">'
        f'<input type="hidden" name="next" value="{shown(onward)}">'
        f"{_field('name', tr('Name'), 'text', 'username', name, problem, most=LONGEST_NAME, first=not name)}"
        f"{_field('password', tr('Password'), 'password', 'current-password', '', problem, first=bool(name))}"
        f'<p><button type="submit">{tr("Sign in")}</button></p></form>{other}'
        f'<p class="hint">{tr("Forgotten your password? An administrator can give you a new link.")}</p>',
    )


def password_page(key: str, name: str, problem: str = "") -> str:
    """By a one-time link; `key` is its secret."""
    hint = tr("{n} characters or more. Several words that do not belong together are best.", n=SHORTEST_PASSWORD)
    return _page(
        tr("Choose a password"),
        f"<p>{tr('This is for the account {name}.', name=f'<strong>{shown(name)}</strong>')}</p>{_problem(problem)}"
        f'<form method="post" action="./password"><input type="hidden" name="key" value="{shown(key)}">'
        f'<input type="hidden" name="username" autocomplete="username" value="{shown(name)}">'
        f"{_field('password', tr('New password'), 'password', 'new-password', '', problem, hint=hint)}"
        f"{_field('again', tr('Once more'), 'password', 'new-password', '', problem, first=False)}"
        f'<p><button type="submit">{tr("Save and sign in")}</button></p></form>',
    )


def told_page(title: str, line: str) -> str:
    """Something that cannot be done, and the way back."""
    return _page(title, f'<p role="alert">{shown(line)}</p><p><a href="./in">{tr("Sign in")}</a></p>')


def account_page(account: Account, people: Sequence[PersonEntry] = (), acts: Sequence[Act] = ()) -> str:
    """Who is signed in; for administrators also everybody, and what was done last."""
    who = tr(
        "You are signed in as {name}. Your role is {role}.",
        name=f"<strong>{shown(account.name)}</strong>",
        role=shown(role_name(account.role)),
    )
    body = (
        f'<p>{who}</p><form method="post" action="./out"><p><a class="button" href="../">{tr("To the page")}</a> '
        f'<button class="plain" type="submit">{tr("Sign out")}</button></p></form>'
    )
    if people:
        heads = (tr("Name"), tr("Role"), tr("Last seen"))
        rows = [
            (each.name, role_name(each.role), f"{each.seen_at:%Y-%m-%d}" if each.seen_at else "") for each in people
        ]
        body += f"<h2>{tr('Accounts')}</h2>{_table(tr('Accounts'), heads, rows)}"
        where = tr("Accounts are added and removed on the server, with the command “dateline users”.")
        body += f'<p class="hint">{where}</p>'
        columns = (tr("When (UTC)"), tr("Who"), tr("What was done"), tr("To what"))
        done = [(f"{act.at:%Y-%m-%d %H:%M}", act.who or tr("command line"), tr_line(act.act), act.what) for act in acts]
        body += f"<h2>{tr('What was done last')}</h2>{_table(tr('What was done last'), columns, done)}"
    return _page(tr("Your account"), body, wide=bool(people))


def _table(label: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{shown(each)}</th>' for each in heads)
    body = "".join("<tr>" + "".join(f'<td dir="auto">{shown(cell)}</td>' for cell in row) + "</tr>" for row in rows)
    return (
        f'<div class="scrolls" tabindex="0" role="region" aria-label="{shown(label)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _problem(line: str) -> str:
    return f'<p class="problem" id="problem" role="alert">{shown(line)}</p>' if line else ""


def _field(
    name: str,
    label: str,
    kind: str,
    fills: str,
    value: str,
    problem: str,
    hint: str = "",
    most: int = LONGEST_PASSWORD,
    first: bool = True,
) -> str:
    """`fills` is what a browser's own store of passwords may put in; the `first` one has the cursor."""
    about = " ".join(filter(None, (problem and "problem", hint and f"{name}-hint")))
    given = f' aria-describedby="{about}"' if about else ""
    invalid = ' aria-invalid="true"' if problem else ""
    focus = " autofocus" if first else ""
    below = f'<p class="hint" id="{name}-hint">{shown(hint)}</p>' if hint else ""
    return (
        f'<p><label for="{name}">{shown(label)}</label><input id="{name}" name="{name}" type="{kind}" required '
        f'maxlength="{most}" autocomplete="{fills}" autocapitalize="none" spellcheck="false" dir="auto" '
        f'value="{shown(value)}"{given}{invalid}{focus}></p>{below}'
    )


def _page(title: str, body: str, wide: bool = False) -> str:
    named = LANGUAGES[language()]
    page = Template((_HERE / "account.html").read_text(encoding="utf-8")).substitute(
        language=named.tag, direction="rtl" if named.rtl else "ltr", title=shown(title), style=_style(), body=body
    )
    return page.replace("<main>", '<main class="wide">', 1) if wide else page


@lru_cache(maxsize=1)
def _style() -> str:
    """The page's palette. Without a script nothing knows which colours were chosen there: they are the system's."""
    palette = (_HERE.parent / "palette.css").read_text(encoding="utf-8")
    dark = re.search(r"\.dark \{(.*?)\}", palette, re.DOTALL)
    night = f"@media (prefers-color-scheme: dark) {{ :root {{{dark[1]}}} }}" if dark else ""
    return palette + night + (_HERE / "account.css").read_text(encoding="utf-8")
