"""What the code asks of the catalogue, and what stands outside of it, read off the source.

`python tests/ui/catalogue.py` brings locale/*.po up to date with the code: it adds what is new, without a translation,
and takes away what nobody asks for any more.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
CATALOGUES = ROOT / "assistant" / "text" / "locale"
_LOOKED_UP = {"tr", "tr_later", "tr_plural", "count"}
_LOGS = {"debug", "info", "warning", "error", "exception"}
# Names, and what is no word of a language.
_NAMES = re.compile(r"\b(?:Dateline|OpenAI|Gradio|JSONL?|OPML|HTML|CSV|UTC|Enter|Esc)\b")
_TAG = re.compile(r"<[^<>]*>?")
_ATTRIBUTE = re.compile(r"""[\w-]+=(?:"[^"]*"?|'[^']*'?)""")
_SHOWN_ATTRIBUTE = re.compile(r"""\b(?:aria-label|title|placeholder|alt|label)="([^"]*)""")
_WORDS = re.compile(r"[^\W\d_]{2,}[,;:]? [^\W\d_]{2,}|^[A-Z][a-z]+[.…:]?$")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_VALUE = "\x00"


def messages(source: str) -> Iterator[tuple[str, str]]:
    """Every text that is looked up in a module, with the one for many; "" for a text without a number."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id="tr" | "tr_later"), args=[ast.Constant(value=str(text)), *_]):
                yield text, ""
            case ast.Call(
                func=ast.Name(id="tr_plural"), args=[ast.Constant(value=str(one)), ast.Constant(value=str(many)), *_]
            ):
                yield one, many
            case ast.Call(func=ast.Name(id="count"), args=[_, ast.Constant(value=str(noun))]):
                yield f"{{n}} {noun}", f"{{n}} {noun}s"


def all_messages() -> dict[str, str]:
    """Those of the whole assistant, in the order of the modules, and the lines that are known by their form."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "assistant").rglob("*.py")):
        for one, many in messages(path.read_text(encoding="utf-8")):
            found[one] = many or found.get(one, "")
    return found | {form: "" for form in elsewhere() if form not in found}


def elsewhere() -> list[str]:
    """The forms of the lines that other parts of Dateline make."""
    return (CATALOGUES / "elsewhere.txt").read_text(encoding="utf-8").splitlines()


def outside(source: str) -> list[str]:
    """`line: text` for each text of a module that a reader would see, and that is not looked up."""
    tree = ast.parse(source)
    passed_by = {id(node) for node in ast.walk(tree) for node in _not_read(node)}
    found: dict[int, set[str]] = {}
    for node in ast.walk(tree):
        if id(node) not in passed_by and (whole := _whole(node)):
            found.setdefault(node.lineno, set()).update(_shown(whole))  # type: ignore[attr-defined]
    return [f"{line}: {text}" for line in sorted(found) for text in sorted(found[line])]


def _not_read(node: ast.AST) -> Iterator[ast.AST]:
    """What stands in a look-up, a line of the log or a docstring, and the parts of what is looked at as a whole."""
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in _LOOKED_UP:
            yield from (each for argument in node.args for each in ast.walk(argument))
        case ast.Call(func=ast.Attribute(attr=name)) if name in _LOGS:
            yield from (each for argument in node.args for each in ast.walk(argument))
        case ast.Expr(value=ast.Constant() as alone):
            yield alone
        case ast.JoinedStr(values=parts):
            yield from (part for part in parts if isinstance(part, ast.Constant))


def _whole(node: ast.AST) -> str:
    """A text with its values as one sign each; "" for what is none."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else _VALUE for part in parts)
    return ""


def _shown(whole: str) -> Iterator[str]:
    """What of it is read: between its tags, in the attributes that are, or all of it where there is no tag."""
    for attribute in _SHOWN_ATTRIBUTE.findall(whole):
        if _LETTERS.search(_NAMES.sub("", attribute)):
            yield attribute.replace(_VALUE, "…")
    marked_up = "<" in whole and bool(_TAG.search(whole)) or bool(_ATTRIBUTE.search(whole))
    pieces = _TAG.split(whole) if marked_up else [whole]
    for piece in pieces:
        words = _NAMES.sub("", unescape(_ATTRIBUTE.sub("", piece))).strip(" \n/>" + _VALUE)
        read = _LETTERS.search(words) if marked_up and "<" in whole else _WORDS.search(words)
        if read:
            yield words.replace(_VALUE, "…")


def outside_script(script: str) -> list[str]:
    """The literals of a script that a reader would see: the server gives a script its texts, in attributes."""
    code = re.sub(r"(?m)^\s*//.*$|\s//\s.*$", "", script)
    assigned = re.findall(
        r"""(?:textContent|innerText|ariaLabel|title|placeholder|alt)\s*[=:]\s*["'`]([^"'`]+)""", code
    )
    sentences = re.findall(r"""["'`]([A-Z][a-z]+ [^"'`]*)["'`]""", code)
    return [text for text in dict.fromkeys([*assigned, *sentences]) if _LETTERS.search(text)]


def outside_style(style: str) -> list[str]:
    return [text for text in re.findall(r"""content:\s*"([^"]*)""", style) if _LETTERS.search(text)]


def outside_template(template: str) -> list[str]:
    """As `outside`, of an HTML file whose texts are `$names`."""
    return list(_shown(re.sub(r"\$\w+", _VALUE, re.sub(r"(?s)<(script|style)>.*?</\1>", "", template))))


def _update() -> None:
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    for path in sorted(CATALOGUES.glob("*.po")):
        with path.open("rb") as file:
            old = read_po(file)
        new = Catalog(locale=old.locale)
        for one, many in all_messages().items():
            known = old.get(one)
            new.add((one, many) if many else one, known.string if known else "")
        path.write_text(_written(new), encoding="utf-8")
        left = [str(each.id) for each in new if each.id and not _translated(each.string)]
        print(f"{path.name}: {len(left)} to translate", *left, sep="\n    ")  # noqa: T201


def _translated(string: object) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


def _written(catalogue: object) -> str:
    from io import BytesIO

    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    assert isinstance(catalogue, Catalog)
    lines = BytesIO()
    write_po(lines, catalogue, omit_header=True, width=0)
    head = {
        "Language": str(catalogue.locale),
        "Content-Type": "text/plain; charset=utf-8",
        "Plural-Forms": catalogue.plural_forms,
    }
    told = "".join(f'"{name}: {value}\\n"\n' for name, value in head.items())
    return f'msgid ""\nmsgstr ""\n{told}\n{lines.getvalue().decode().strip()}\n'


if __name__ == "__main__":
    _update()
