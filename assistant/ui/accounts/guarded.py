"""The desk where there are accounts: what changes the library takes a role, and is written into the audit log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple, cast

from assistant.text.texts import tr_later
from assistant.ui.accounts.gate import not_allowed
from assistant.ui.desk import Desk
from vectorstore.accounts import Role, may
from vectorstore.errors import NotAllowed
from vectorstore.reports import Outcome, Report
from vectorstore.storage.people import People

_NAMED = 20
_LONGEST = 500

Given = tuple[Any, ...]


class _Rule(NamedTuple):
    """`tells` makes the line for the log of what was given and what came of it; "" for nothing to tell."""

    act: str
    tells: Callable[[Given, Any], str]
    role: Role = Role.EDITOR


def _reported(given: Given, report: Report) -> str:
    """What came into the library or was changed in it."""
    changed = [row for row in report.rows if row.outcome in (Outcome.ADDED, Outcome.UPDATED)]
    named = ", ".join(row.article_id or row.source for row in changed[:_NAMED])
    return f"{named} and {len(changed) - _NAMED} more" if len(changed) > _NAMED else named


def _first(given: Given, result: object) -> str:
    return str(given[0])


_ADDS = _Rule(tr_later("articles added"), _reported)
RULES: Mapping[str, _Rule] = {
    **dict.fromkeys(("add_url", "add_files", "add_text", "take_articles", "retry"), _ADDS),
    "remove": _Rule(tr_later("article removed"), lambda given, removed: f"{given[0]}: {removed.article.title}"),
    "restore": _Rule(tr_later("article put back"), lambda given, done: given[0].article.id if done else ""),
    "edit": _Rule(tr_later("details changed"), lambda given, article: f"{given[0]}: {', '.join(given[1])}"),
    "collect": _Rule(tr_later("put into a collection"), lambda given, name: f"{given[0]} ({name})"),
    "take_out": _Rule(tr_later("taken out of a collection"), lambda given, size: f"{given[0]} ({given[1]})"),
    "follow": _Rule(tr_later("feed followed"), lambda given, feed: feed.url),
    "unfollow": _Rule(tr_later("feed left"), _first),
    "import_feeds": _Rule(tr_later("feeds imported"), lambda given, counts: f"{counts[0]} more"),
    "refresh": _Rule(tr_later("feeds refreshed"), _reported),
    "set_refresh_every": _Rule(tr_later("time between refreshes set"), lambda given, none: str(given[0] or "never")),
    "back_up": _Rule(tr_later("whole library copied"), lambda given, held: f"{held} articles", Role.ADMINISTRATOR),
}
"""Of the desk's methods, those that change something or hand everything out."""
_OF_MODELS = {
    "connect": _Rule(tr_later("server of models entered"), _first, Role.ADMINISTRATOR),
    "disconnect": _Rule(tr_later("server of models forgotten"), lambda given, none: "its key, too", Role.ADMINISTRATOR),
}


class _Guarded:
    """As what is within, but for the methods that have a rule."""

    def __init__(self, within: Any, people: People, rules: Mapping[str, _Rule]) -> None:
        self._within, self._people, self._rules = within, people, rules

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._within, name)
        if name == "chat_models":
            return _Guarded(found, self._people, _OF_MODELS)
        return partial(self._done, found, self._rules[name]) if name in self._rules else found

    def _done(self, act: Callable[..., Any], rule: _Rule, *given: Any, **named: Any) -> Any:
        """Raises NotAllowed."""
        if not may(rule.role):
            raise NotAllowed(not_allowed(rule.role))
        result = act(*given, **named)
        if told := rule.tells((*given, *named.values()), result):
            self._people.record(rule.act, told[:_LONGEST])
        return result


def guarded(desk: Desk, people: People) -> Desk:
    return cast(Desk, _Guarded(desk, people, RULES))
