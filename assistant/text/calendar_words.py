"""One grammar of time for the questions and the articles of every language that dates.toml knows: its phrases, each
with the English names of its parts. The names of months and weekdays are CLDR's, through Babel.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from assistant.text.locale_data import HAN, WORD, block, han_number, listed, number_words, plain

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
WEEKDAYS = "mon tue wed thu fri sat sun".split()
# English, of which questions and articles are read with rules of their own (time_window.py, text_dates.py). "May" and
# "march" are words of other kinds too, and left to each.
MONTH_NUMBERS = dict(zip(MONTHS, range(1, 13), strict=True))
UNMISTAKABLE_MONTH = (
    "(?:Jan|Febr?)(?:uary)?|Apr(?:il)?|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|(?:Nov|Dec)(?:ember)?"
)
ENGLISH_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
DAYS_AWAY = {"yesterday": -1, "last night": -1, "the day before yesterday": -2, "tomorrow": 1}
"""Other phrases of the kind mean the day itself."""
# What stands before a phrase is at most as long.
_REACH = 40
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)(?!\d)"
_DAY = r"0?[1-9]|[12]\d|3[01]"
_NUMERIC = (
    ("dated", r"(?P<year>(?:1[5-9]|20)\d\d)(?P<mark>[-./]) ?(?P<month_number>\d\d?)(?P=mark) ?(?P<day>\d\d?)(?!\d)"),
    ("dated", rf"(?P<day>\d\d?)(?P<mark>[./-]) ?(?P<month_number>\d\d?)(?P=mark) ?{_YEAR}"),
)
_YEARS_AWAY = {"last year": -1, "this year": 0, "next year": 1}
# How a language with spaces says it unless its block says otherwise, longer phrases first; "@" puts in those of the
# block. A pattern is left out when it names something that the block has not; with "?" it is loose.
_TEMPLATES = (
    ("dated", "{day}(?: ?{to} ?|-|–){until} {of}{month}(?:,? {of_year}{year}{year_word}?)?"),
    ("dated", "{day} {of}{month}(?:,? {of_year}{year}{year_word}?)?"),
    ("dated", "@dated"),
    ("month", "(?:{part} )?{month},? {of_year}{year}{year_word}?"),
    ("quarter", "@quarters"),
    ("quarter", "q{quarter}(?:[ /]{year})?"),
    ("season", "{season} {of_year}{year}{year_word}?"),
    ("season", "{season} {which}|{which} {season}"),
    ("lately", "@lately"),
    ("ago", "@ago"),
    ("year", "@years"),
    ("month", "@months"),
    ("unit", "{fused}"),
    ("near", "{near}"),
    ("weekday", "{which} {weekday}"),
    ("weekday", "{weekday} {which}"),
    ("unit", "(?:(?:{article}) )?(?:{which} {unit}|{unit} {which})"),
    ("month?", "(?:{part} )?{month_name}"),
    ("weekday?", "{weekday}"),
    ("year?", "{year}"),
)
# How Chinese, Japanese and Korean say it.
_TOGETHER = (
    ("dated", "(?:{year} ?{cjk_year} ?)?{month_number} ?{cjk_month} ?{day} ?{cjk_day}"),
    ("dated", "{years_away} ?的?{month_number} ?{cjk_month} ?{day} ?{cjk_day}"),
    ("week_day", "@week_days"),
    ("quarter", "@quarters"),
    ("month", "(?:{year} ?{cjk_year}|{years_away}) ?[の的]?{month_number} ?{cjk_month}"),
    ("season", "(?:{year} ?{cjk_year} ?)?[의の]?{season}"),
    ("lately", "@lately"),
    ("ago", "@ago"),
    ("near", "{near}"),
    ("unit", "{fused}"),
    ("unit", "{which}{space}{unit}"),
    ("weekday", "{weekday}"),
    ("year", "{year} ?{cjk_year}"),
    ("month", "{month_number} ?{cjk_month}(?!間)"),
)
_TOKEN = re.compile(r"\{([a-z_]+)\}")
_GROUP = re.compile(r"\(\?P<([a-z_]+)>")
_NEVER = "(?!)"
_EDGES = ("before", "until", "after", "since", "inside")


class Phrase(NamedTuple):
    """A phrase of time at `text[start:end]`: what it is, and its parts by the names that English has for them.

    `loose` marks one that only counts when a preposition says so.
    """

    kind: str
    given: dict[str, str]
    start: int
    end: int
    loose: bool


class _Rule(NamedTuple):
    kind: str
    pattern: re.Pattern[str]
    loose: bool


class Calendar(NamedTuple):
    """The grammar of one language. `edges` are the words around a phrase, by what they make of it."""

    rules: tuple[_Rule, ...]
    parts: Mapping[str, Mapping[str, re.Pattern[str]]]
    edges: Mapping[str, Sequence[tuple[bool, re.Pattern[str]]]]
    joined: re.Pattern[str]
    present: re.Pattern[str]
    ahead: re.Pattern[str]

    def phrases(self, text: str, day: date | None) -> list[Phrase]:
        """In their order, none within another; `day` is the one that "last year" is counted from."""
        text, found = plain(text), []
        taken = bytearray(len(text))
        for kind, pattern, loose in self.rules:
            for match in pattern.finditer(text):
                start, end = match.span()
                given = self._parts(match) if start < end and taken.find(1, start, end) < 0 else {}
                if given and _completed(kind, given, day):
                    taken[start:end] = b"\1" * (end - start)
                    found.append(Phrase(kind, given, start, end, loose))
        return sorted(found, key=lambda phrase: phrase.start)

    def _parts(self, match: re.Match[str]) -> dict[str, str]:
        given: dict[str, str] = {}
        for group, value in match.groupdict().items():
            if value is not None:
                name = group.rstrip("0123456789")
                given[name] = self._named(name, match, group) or _digits(value)
        return given

    def _named(self, name: str, match: re.Match[str], group: str) -> str:
        meanings = self.parts.get(name, {}).items()
        return next((word for word, form in meanings if form.fullmatch(match.string, *match.span(group))), "")

    def edge(
        self, text: str, start: int, end: int, names: Sequence[str] = _EDGES, behind: bool | None = None
    ) -> tuple[str, int, int] | None:
        """What the words around a phrase make of it, and the stretch that the whole takes up."""
        left, right = plain(text[max(0, start - _REACH) : start]), plain(text[end : end + _REACH])
        for name in names:
            for is_behind, pattern in self.edges.get(name, ()):
                if behind not in (None, is_behind):
                    continue
                if match := pattern.match(right) if is_behind else pattern.search(left):
                    return (
                        (name, start, end + match.end())
                        if is_behind
                        else (name, start - len(left) + match.start(), end)
                    )
        return None


def _completed(kind: str, given: dict[str, str], day: date | None) -> bool:
    """Puts the parts of a phrase as the readers expect them; whether they make sense."""
    if kind == "week_day":
        given["week"] = given.pop("which")
    if kind == "ago":
        given.setdefault("count", "1")
    if length := given.pop("lengths", ""):
        given["count"], given["unit"] = length.split()
    if fused := given.pop("fused", ""):
        given["which"], given["unit"] = fused.split()
    if (away := given.pop("years_away", "")) and day:
        given["year"] = str(day.year + _YEARS_AWAY[away])
    month = int(given.pop("month_number", 0))
    if 1 <= month <= 12:
        given["month"] = MONTHS[month - 1]
    return 0 <= month <= 12 and (not away or day is not None)


def _digits(value: str) -> str:
    return value if value.isdecimal() else f"{han_number(value):.0f}" if re.fullmatch(f"{HAN}+", value) else value


@lru_cache(maxsize=32)
def calendar(language: str) -> Calendar:
    """The grammar of a language; of one that is not known, that of dates in digits."""
    said = block("dates.toml", language)
    left, right = said.get("left", rf"(?<![{WORD}])"), said.get("right", rf"(?![{WORD}])")
    parts = _parts(language, said)
    tokens = _tokens(said, parts)
    rules = [_Rule(kind, re.compile(rf"(?<![\w.,/-]){pattern}(?![\w/]|[.,-]\d)"), False) for kind, pattern in _NUMERIC]
    for kind, template in _templates(said):
        if pattern := _filled(template, tokens):
            loose = kind.endswith("?") and not (kind == "weekday?" and said.get("bare_weekdays"))
            rules.append(_Rule(kind.rstrip("?"), re.compile(f"{left}(?:{pattern}){right}"), loose))
    return Calendar(
        tuple(rules),
        {name: {word: re.compile(form) for word, form in forms.items()} for name, forms in parts.items()},
        _edges(said, left, right),
        re.compile(rf" ?(?:{said.get('joined', '-|–')}) ?(?:(?:{said.get('article', '')}) ?)?"),
        re.compile(f"{left}(?:{said.get('present', _NEVER)}){right}"),
        re.compile(f"{left}(?:{said.get('ahead', _NEVER)}){right}"),
    )


def _templates(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """With the language's own where they belong."""
    for kind, template in (_TOGETHER if "cjk" in said else _TEMPLATES) if said else ():
        yield from ((kind, each) for each in (said.get(template[1:], ()) if template[0] == "@" else [template]))


def _filled(template: str, tokens: Mapping[str, str]) -> str | None:
    if any(name not in tokens for name in _TOKEN.findall(template)):
        return None
    seen: Counter[str] = Counter()
    return _GROUP.sub(lambda match: _numbered(match[1], seen), _TOKEN.sub(lambda match: tokens[match[1]], template))


def _numbered(name: str, seen: Counter[str]) -> str:
    """A pattern may name a group but once: unit, unit1 and so on."""
    seen[name] += 1
    return f"(?P<{name}{seen[name] - 1 or ''}>"


def _parts(language: str, said: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The words of each kind by what they mean in English."""
    if not said:
        return {}
    parts: dict[str, dict[str, str]] = {
        name: dict(said[name])
        for name in ("unit", "which", "near", "season", "part", "fused", "lengths")
        if name in said
    }
    parts["near"] = {"the day before yesterday": parts["near"].pop("eve"), **parts["near"]}
    parts["years_away"] = {name: form for name, form in parts.get("fused", {}).items() if name in _YEARS_AWAY}
    if "quarter_words" in said:
        parts["number"] = {str(index): form for index, form in enumerate(listed(said["quarter_words"]), start=1)}
    parts["count"] = {str(number): forms for number, forms in number_words(language, 21) if number}
    parts["count"]["3"] = "|".join(filter(None, (parts["count"].get("3"), said["few"])))
    parts |= _names(language, said)
    return parts


def _names(language: str, said: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The names of months and weekdays with their endings; Babel is loaded here, where a language first needs it."""
    from babel.dates import get_day_names, get_month_names

    # In the context "format" alone: Babel 2.18 gives another language's names for "stand-alone" once it has read two.
    locales = said.get("locales", [language])
    wide, short = (
        [[get_month_names(width, locale=locale)[number] for locale in locales] for number in range(1, 13)]
        for width in ("wide", "abbreviated")
    )
    days = [[get_day_names("wide", locale=language)[number]] for number in range(7)]
    both = [names + abbreviated for names, abbreviated in zip(wide, short, strict=True)]
    return {
        "month": dict(zip(MONTHS, _forms(both, said, "month"), strict=True)),
        "month_name": dict(zip(MONTHS, _forms(wide, said, "month"), strict=True)),
        "weekday": dict(zip(WEEKDAYS, _forms(days, said, "weekday"), strict=True)),
    }


def _forms(names: Sequence[Sequence[str]], said: Mapping[str, Any], kind: str) -> Iterator[str]:
    more = listed(said.get(f"{kind}_more", "," * (len(names) - 1)))
    end = said.get(f"{kind}_end", "")
    cut, ending = end if isinstance(end, list) else ("$^", end)
    for own, other in zip(names, more, strict=True):
        words = sorted({re.sub(cut, "", plain(name).rstrip(".")) for name in own}, key=len, reverse=True)
        forms = [re.escape(word).replace("़", "़?") for word in words] + ([other] if other else [])
        yield f"(?:{'|'.join(forms)}){ending}" + (r"(?:\.(?= ?\d|,))?" if kind == "month" else "")


def _tokens(said: Mapping[str, Any], parts: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The pattern of each name that a template may hold."""
    if not said:
        return {}
    tokens = {name: f"(?P<{name}>{'|'.join(forms.values())})" for name, forms in parts.items() if any(forms.values())}
    tokens["month_name"] = tokens["month_name"].replace("<month_name>", "<month>")
    together = "cjk" in said
    han = f"|{HAN}{{1,3}}" if together else ""
    space, mark = said.get("space", " "), f"(?:{said['mark']})?" if "mark" in said else ""
    tokens |= {name: f"(?P<{name}>(?:{_DAY})(?!\\d){han}){mark}" for name in ("day", "until")}
    tokens["month_number"] = rf"(?P<month_number>(?:1[0-2]|0?[1-9])(?!\d){han})"
    tokens["year"] = f"(?P<year>(?:1[5-9]|20)\\d\\d(?!\\d){f'|{HAN}{{4}}' if together else ''})"
    tokens["quarter"] = r"(?P<number>[1-4])"
    if "quarter_words" in said:
        tokens["quarter_word"] = tokens["number"]
    tokens["count"] = rf"(?P<count>\d{{1,3}}{han}|{'|'.join(sorted(parts['count'].values(), key=len, reverse=True))})"
    lengths = f"|{tokens['lengths']}" if "lengths" in tokens else ""
    tokens["length"] = f"(?:{tokens['count']}{space}{tokens['unit']}{lengths})"
    tokens = {"part": _NEVER} | tokens | {"last": f"(?:{said['which']['last']})", "space": space}
    tokens["article"] = said.get("article", _NEVER)
    tokens |= {name: said.get(name, "") for name in ("of", "of_year", "to")}
    tokens["of"], tokens["of_year"] = (f"(?:{tokens[name]})?" for name in ("of", "of_year"))
    tokens["year_word"] = f"(?:{said['year_word']})" if "year_word" in said else "(?:)"
    if together:
        tokens |= dict(zip(("cjk_year", "cjk_month", "cjk_day"), (f"(?:{each})" for each in said["cjk"]), strict=True))
    return tokens


def _edges(said: Mapping[str, Any], left: str, right: str) -> dict[str, list[tuple[bool, re.Pattern[str]]]]:
    edges: dict[str, list[tuple[bool, re.Pattern[str]]]] = {}
    article = f"(?: (?:{said['article']}))?" if said.get("article") else ""
    for name in (*_EDGES, "between"):
        if words := said.get("before", {}).get(name):
            edges.setdefault(name, []).append((False, re.compile(rf"{left}(?:{words}){article} ?$")))
        if words := said.get("behind", {}).get(name):
            edges.setdefault(name, []).append((True, re.compile(rf" ?(?:{words}){right}")))
    if "between_behind" in said:
        edges.setdefault("between", []).append((True, re.compile(rf" ?(?:{said['between_behind']}){right}")))
    return edges
