"""The page in the reader's language: one catalogue, complete, and nothing a reader sees outside of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event
from typing import Any, cast

import httpx
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from catalogue import (
    CATALOGUES,
    ROOT,
    all_messages,
    elsewhere,
    outside,
    outside_script,
    outside_style,
    outside_template,
)

from assistant.text.labels import also_in, clock, count, day, days, looked_at, month, short_day
from assistant.text.texts import LANGUAGES, language, number, reading_in, tr, tr_line, tr_plural, wanted
from assistant.types import Answer, Exchange, Stage, Window, own
from assistant.ui.answer_run import AnswerRun
from assistant.ui.desk import Desk
from assistant.ui.places import Line
from assistant.ui.work import Job
from vectorstore.models import Copy
from vectorstore.reports import Report

UI = ROOT / "assistant" / "ui"
OTHERS = sorted(set(LANGUAGES) - {"en"})
# What these say is for programs, or is the plain text of an answer that is no page.
FOR_PROGRAMS = {
    f"{name}.py" for name in "articles_api assets bounds endpoints monitoring openai_api places security server".split()
}
# A script, what a browser is told of an image, and Gradio's own words, which are looked for and hidden.
NO_TEXT = {
    "@media (prefers-color-scheme",
    "(...fields) => { dateline.",
    "public, max-age=86400",
    "Connection to the server was lost",
}


def catalogue_of(language: str) -> Catalog:
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=LANGUAGES[language].locale)


def forms(string: object) -> list[str]:
    return [*string] if isinstance(string, (tuple, list)) else [str(string or "")]


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"{\w+}", text))


def said_outside(folder: Path) -> list[str]:
    """`file: line: text`, of the modules, scripts, styles and templates of the page."""
    found = [(path.name, each) for path in sorted(folder.glob("*.py")) for each in outside(path.read_text("utf-8"))]
    for kind, look in (("js", outside_script), ("css", outside_style), ("html", outside_template)):
        found += [
            (path.name, each) for path in sorted(folder.glob(f"*.{kind}")) for each in look(path.read_text("utf-8"))
        ]
    return [f"{name}: {text}" for name, text in found if name not in FOR_PROGRAMS and not _is_no_text(text)]


def _is_no_text(found: str) -> bool:
    return any(re.sub(r"^\d+: ", "", found).startswith(known) for known in NO_TEXT)


def test_every_text_of_the_page_is_looked_up() -> None:
    assert said_outside(UI) == []
    assert [each for each in said_outside(UI / "accounts") if each.startswith("doors")] == []


def test_what_an_answer_says_is_looked_up() -> None:
    """Or is an error, which the page knows by its form."""
    known = [re.escape(re.sub(r"{\w+}", "…", form).rstrip(".")).replace("…", ".*") for form in elsewhere()]
    left = [each.split(": ", 2) for each in said_outside(ROOT / "assistant" / "answering")]
    assert [
        each for each in left if each[0] != "suggestions.py" and not any(re.match(form, each[2]) for form in known)
    ] == []
    # Read in English sentences, and asked of these alone.
    assert {text for name, _, text in left if name == "suggestions.py" and text.endswith("?")} == {
        "How many … were …?",
        "What reason did … give?",
        "And what reason did … give?",
        "What was the … about?",
        "And what was the … about?",
        "What’s new from …?",
    }


@pytest.mark.parametrize(
    ("name", "planted"),
    [
        ("a.py", "def a(): return '<button class=\"plain\">Undo</button>'"),
        ("a.py", 'def a(n): return f"<p>{n} articles were found</p>"'),
        ("a.py", "def a(t): return f'<p aria-label=\"Sources of {t}\">{t}</p>'"),
        ("a.py", 'a = gr.Button("Refresh")'),
        ("a.py", 'a = gr.Textbox("", label="Address of a feed", placeholder="https://")'),
        ("a.py", 'def a(): return "Nothing is left."'),
        ("a.py", 'a = {"one": "Somewhat"}'),
        ("a.py", 'def a(n): return tr("{n} left", n=n) + " or so it seems"'),
        ("a.js", 'button.textContent = "copied";'),
        ("a.js", "part.title = `Citation ${n} of ${all}`;"),
        ("a.js", 'show("The answer cites nothing");'),
        ("a.css", '.a::after { content: " (stopped)"; }'),
        ("a.html", "<p>$about</p><span>Feeds</span>"),
        ("a.html", '<textarea placeholder="Ask about the news"></textarea>'),
    ],
)
def test_a_text_outside_the_catalogue_is_found(tmp_path: Path, name: str, planted: str) -> None:
    (tmp_path / name).write_text(planted)
    assert said_outside(tmp_path)


@pytest.mark.parametrize(
    ("name", "fair"),
    [
        (
            "a.py",
            '"""A docstring of several words."""\ndef a(): return f\'<p class="plain quiet">{tr("Undo it")}</p>\'',
        ),
        ("a.py", 'logger.error("The page failed: %s", tr_later("Something went wrong"))'),
        ("a.py", "def a(t): return f'<h3 dir=\"auto\">{shown(t)}</h3> <b>[1]</b>'"),
        ("a.py", 'a = {"trigger_mode": "always_last", "show_progress": "hidden"}'),
        ("a.js", 'document.querySelector("#past button, #live button").textContent = button.dataset.copied;'),
        ("a.css", '.a::before { content: "["; }'),
        ("a.html", '<h1>Dateline</h1><span aria-label="$about">$chat</span>'),
    ],
)
def test_what_no_reader_sees_as_words_is_left_alone(tmp_path: Path, name: str, fair: str) -> None:
    (tmp_path / name).write_text(fair)
    assert said_outside(tmp_path) == []


@pytest.mark.parametrize("name", OTHERS)
def test_a_language_that_is_offered_says_everything_and_nothing_else(name: str) -> None:
    catalogue, asked = catalogue_of(name), all_messages()
    assert {cast(str, each.id[0] if isinstance(each.id, tuple) else each.id) for each in catalogue if each.id} == {
        *asked
    }
    untranslated = [one for one in asked if not all(forms(message.string if (message := catalogue.get(one)) else ""))]
    assert untranslated == [], "python tests/ui/catalogue.py lists what is missing"
    short = [
        one for one, many in asked.items() if many and len(forms(_message(catalogue, one))) != catalogue.num_plurals
    ]
    assert short == []


def _message(catalogue: Catalog, one: str) -> object:
    message = catalogue.get(one)
    return message and message.string


@pytest.mark.parametrize("name", OTHERS)
def test_translations_keep_the_placeholders_and_bring_no_markup(name: str) -> None:
    catalogue = catalogue_of(name)
    wrong = []
    for one, many in all_messages().items():
        for form in forms(_message(catalogue, one)):
            # One or two of a thing can be said in a word.
            kept = placeholders(form) | ({"{n}"} if many else set())
            if kept != placeholders(one) | ({"{n}"} if many else set()) or re.search(r'[<>&"]', form):
                wrong.append(form)
    assert wrong == []


def test_the_catalogues_are_those_of_the_languages_that_are_offered() -> None:
    assert {path.stem for path in CATALOGUES.glob("*.po")} == set(OTHERS)


def test_the_installed_package_carries_the_catalogues() -> None:
    shipped = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["package-data"]
    carried = {path for pattern in shipped["assistant.text"] for path in (ROOT / "assistant" / "text").glob(pattern)}
    assert {*CATALOGUES.iterdir()} <= carried


def test_the_forms_of_lines_made_elsewhere_are_still_those_of_the_code() -> None:
    """A line is made of constants, some of which stand by themselves in the code."""
    rooms = ("ingest", "vectorstore", "assistant")
    code = "".join(path.read_text("utf-8") for room in rooms for path in (ROOT / room).rglob("*.py"))
    code = re.sub(r'"\s*\n\s*f?"', "", code)
    pieces = {
        piece
        for form in elsewhere()
        for part in re.split(r"{\w+}", form)
        for piece in re.split(r"; |, or |=true", part)
    }
    lost = [each for each in pieces if each.strip(" ().;,") and each.strip(" ().;,") not in code]
    assert lost == []


def test_a_line_made_elsewhere_is_known_by_its_form() -> None:
    with reading_in("de"):
        assert tr_line("the site answered 503 Service Unavailable; try again later") == (
            "die Website antwortete 503 Service Unavailable; versuchen Sie es später noch einmal"
        )
        assert tr_line("is empty") == "ist leer"
        assert tr_line("is a line that nobody has thought of") == "is a line that nobody has thought of"
        assert tr_line("{host} is no address; {0} an address begins with https://").startswith("{host}")
    assert tr_line("is empty") == "is empty"


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ({}, "en"),
        ({"accept-language": "de-AT,de;q=0.9,en;q=0.8"}, "de"),
        ({"accept-language": "pl, fr;q=0.5, *;q=0.1"}, "fr"),
        ({"accept-language": "en;q=0.2, ja;q=0.7"}, "ja"),
        ({"accept-language": "zh-Hant-TW"}, "zh"),
        ({"accept-language": "PT-br"}, "pt"),
        ({"accept-language": "de;q=0, ar;q=0.1"}, "ar"),
        ({"accept-language": "*"}, "en"),
        ({"accept-language": "de-AT;q=2;;;,,;q="}, "en"),
        ({"accept-language": "x" * 60_000}, "en"),
        ({"accept-language": "de", "cookie": "other=1; dateline-language=hi"}, "hi"),
        ({"accept-language": "de", "cookie": "dateline-language=en"}, "en"),
        ({"accept-language": "de", "cookie": "dateline-language="}, "de"),
        ({"accept-language": "de", "cookie": "dateline-language=../../x"}, "de"),
        ({"accept-language": "de", "cookie": 'dateline-language="; \x00=;;'}, "de"),
    ],
)
def test_the_readers_choice_comes_before_the_browsers(headers: dict[str, str], language: str) -> None:
    assert wanted(headers) == language


def test_english_is_as_it_was() -> None:
    assert (number(1_234_567), number(1.25, 1), count(1, "article"), count(2, "article")) == (
        "1,234,567",
        "1.2",
        "1 article",
        "2 articles",
    )
    moment = datetime(2022, 7, 3, 14, 5, tzinfo=UTC)
    assert (day(moment), clock(moment), month(moment), short_day(moment)) == (
        "3 July 2022",
        "3 July 2022, 14:05 UTC",
        "July 2022",
        "3 Jul 2022",
    )
    assert days(Window(date(2022, 7, 1), date(2022, 7, 7))) == "1–7 July 2022"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("de", "3. Juli 2022, 14:05 UTC / 1.–7. Juli 2022 / 12.000 / 1,2"),
        ("fr", "3 juillet 2022, 14:05 UTC / 1–7 juil. 2022 / 12\u202f000 / 1,2"),
        ("es", "3 de julio de 2022, 14:05 UTC / 1–7 jul 2022 / 12.000 / 1,2"),
        ("pt", "3 de julho de 2022, 14:05 UTC / 1\u2009–\u20097 de jul. de 2022 / 12.000 / 1,2"),
        ("ar", "3 يوليو 2022، 14:05 بتوقيت غرينتش / 1–7 يوليو 2022 / 12,000 / 1.2"),
        ("hi", "3 जुलाई 2022, 14:05 UTC / 1–7 जुल॰ 2022 / 12,000 / 1.2"),
        ("ja", "2022年7月3日 14:05 UTC / 2022年7月1日～7日 / 12,000 / 1.2"),
        ("zh", "2022年7月3日 14:05 UTC / 2022年7月1日至7日 / 12,000 / 1.2"),
    ],
)
def test_dates_and_numbers_are_written_as_people_write_them(name: str, written: str) -> None:
    moment, window = datetime(2022, 7, 3, 14, 5, tzinfo=UTC), Window(date(2022, 7, 1), date(2022, 7, 7))
    with reading_in(name):
        told = f"{clock(moment)} / {days(window)} / {number(12_000)} / {number(1.25, 1)}"
    assert told == written


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        ("ar", ["لا مقالات", "مقالة واحدة", "مقالتان", "3 مقالات", "11 مقالة", "100 مقالة"]),
        ("fr", ["0 article", "1 article", "2 articles", "3 articles", "11 articles", "100 articles"]),
        ("ja", [f"記事 {n} 件" for n in (0, 1, 2, 3, 11, 100)]),
        ("de", [f"{n} Artikel" for n in (0, 1, 2, 3, 11, 100)]),
    ],
)
def test_there_are_as_many_plurals_as_the_language_has(name: str, counted: list[str]) -> None:
    with reading_in(name):
        assert [count(n, "article") for n in (0, 1, 2, 3, 11, 100)] == counted


def test_what_stands_beside_an_article_is_in_the_readers_language() -> None:
    copies = [Copy(str(n), f"Outlet {n}", None, "") for n in range(9)]
    with reading_in("de"):
        assert also_in(copies) == "auch in Outlet 0, Outlet 1 und 7 weiteren"
        assert looked_at(answer_in(window=Window(date(2022, 7, 3)))) == "Zuerst gesucht in: seit 3. Juli 2022"
        assert tr_plural("{n} story", "{n} stories", 1) == "1 Thema"


def answer_in(**given: Any) -> Answer:
    return Answer("Who?", "Who?", datetime(2022, 7, 3, tzinfo=UTC), **given)


def test_a_value_with_braces_stays_as_it_is() -> None:
    for name in LANGUAGES:
        with reading_in(name):
            assert "{n} {0} %s" in tr("Removed {title}.", title="{n} {0} %s")


class Slow:
    """A desk whose answer is in the language of its thread at the end, not of whoever asks meanwhile."""

    def __init__(self) -> None:
        self.go_on, self.line = Event(), Line()

    def stream(self, question: str, turns: object = (), **given: object) -> Iterator[Answer]:
        yield answer_in(stage=Stage.WRITING)
        assert self.go_on.wait(10)
        yield answer_in(stage=Stage.DONE, sentences=(own(tr("Yesterday")),))


def test_an_answer_is_written_to_its_end_in_the_language_of_who_asked() -> None:
    runs = {}
    for name in ("de", "ja", "en"):
        with reading_in(name):
            desk = Slow()
            runs[name] = desk, AnswerRun(cast(Desk, desk), Exchange(1, "Who?"), ())
    for desk, run in runs.values():
        desk.go_on.set()
        run.wait(10)
    written = {name: run.exchange.answer and run.exchange.answer.text for name, (_, run) in runs.items()}
    assert written == {"de": "Gestern", "ja": "昨日", "en": "Yesterday"}


def test_work_under_way_keeps_the_language_of_who_began_it() -> None:
    spoken: list[str] = []

    def work(progress: object, stop: object) -> Report:
        spoken.append(language())
        return Report((), 0, 0.0)

    with reading_in("pt"), closing(cast(Any, Job(work).reports())) as reports:
        *_, last = reports
    assert spoken == ["pt"] and "nada de novo" in last.html


def test_the_first_document_is_in_the_readers_language(address: str) -> None:
    arabic = httpx.get(address, headers={"accept-language": "ar"}).text
    chosen = httpx.get(address, headers={"accept-language": "ar", "cookie": "dateline-language=de"}).text
    english = httpx.get(address).text
    assert re.search(r'<html lang="ar" dir="rtl"', arabic) and "اسأل الأخبار" in arabic
    assert re.search(r'<html lang="de" dir="ltr"', chosen) and "Fragen Sie die Nachrichten" in chosen
    assert re.search(r'<html lang="en" dir="ltr"', english) and "Ask the news" in english
    configured = [re.search(r"\./(kept/[^\"]+-configuration\.js)", each) for each in (arabic, chosen, english)]
    scripts = [httpx.get(f"{address}{found[1]}").text for found in configured if found]
    assert [
        label in script
        for script, label in zip(
            scripts, (r"\u0633\u0624\u0627\u0644\u0643", "Ihre Frage", "Your question"), strict=True
        )
    ] == [True] * 3
