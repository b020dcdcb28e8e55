"""Answers and conversations as plain text and as Markdown."""

from __future__ import annotations

import re

from assistant.answering.provenance import basis, fallen_behind, reports_differ
from assistant.presentation.layout import CLOSEST, laid_out, openers, origin, paragraphs
from assistant.text.sanitizing import without_addresses
from assistant.text.texts import speaking, tr
from assistant.types import Answer, AnswerKind, Conversation, Exchange, Sentence, Stage, Support
from assistant.ui.render import byline, headline, is_web_address, legible
from vectorstore.models import Article

_MEANS_SOMETHING = re.compile(r"[\\`*_{}\[\]<>#|!~$&]")
# Between letters: some programs make a link of whatever looks like a host.
_STOP = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2})")
_BEGINS_SOMETHING = re.compile(r"^(\d+)?([-+=.)])")


def plain(answer: Answer) -> str:
    """The sentences with their marks, then the cited sources, or the nearest articles when it was refused."""
    with speaking(answer.language):
        return _plain(answer)


def _plain(answer: Answer) -> str:
    said = " ".join(filter(None, [body(answer), answer.writing]))
    cited = sorted({number for each in answer.sentences for number in each.citations})
    notes = [f"[{n}] {_named(answer.sources[n - 1].article)}" for n in cited if 1 <= n <= len(answer.sources)]
    nearest = [f"- {_named(each)}" for each in answer.nearest]
    heading = [tr("Nearest in the library:")] if nearest else []
    basis_of = [basis(answer), fallen_behind(answer)] if answer.stage is Stage.DONE else []
    known = [reports_differ(answer.differing), "\n".join(notes), "\n".join(heading + nearest), answer.notice]
    return "\n\n".join(filter(None, [said, *known, *basis_of]))


def body(answer: Answer) -> str:
    """The finished sentences with their marks, each as `marked` has it, in the manner of the answer's kind."""
    with speaking(answer.language):
        return laid_out(answer, [marked(each, answer) for each in answer.sentences])


def doubtful(sentence: Sentence, answer: Answer) -> bool:
    """Whether a reader must be warned. A refusal rests on nothing by its nature; a warning would accuse it."""
    return sentence.support is Support.UNSUPPORTED and not answer.refused


def marked(sentence: Sentence, answer: Answer) -> str:
    """The sentence with its marks, ` [1] [2]`, and a warning where the sources do not bear it out."""
    marks = "".join(f" [{number}]" for number in sentence.citations)
    with speaking(answer.language):
        doubt = f" {tr('(not confirmed by the sources)')}" if doubtful(sentence, answer) else ""
    return f"{sentence.text}{marks}{doubt}"


def _named(article: Article) -> str:
    address = [article.url] if is_web_address(article.url) else []
    return ", ".join([headline(article), byline(article).replace(" · ", ", "), *address])


def markdown(title: str, conversation: Conversation) -> str:
    """Every question as a heading; what comes from articles, readers and models is text and never Markdown."""
    parts = [f"# {_text(title)}", *(_exchange(each) for each in conversation)]
    return "\n\n".join(parts) + "\n"


def _exchange(exchange: Exchange) -> str:
    with speaking(exchange.answer.language if exchange.answer else ""):
        return _asked_and_told(exchange)


def _asked_and_told(exchange: Exchange) -> str:
    answer = exchange.answer
    said = _said(exchange.number, answer) if answer else ""
    parts = [f"## {_text(exchange.question)}", said, tr("(stopped)") if exchange.stopped else ""]
    parts.append(f"**{_text(exchange.problem)}**" if exchange.problem else "")
    if answer:
        nearest = "\n".join(f"- {_footnoted(each)}" for each in answer.nearest)
        parts += [_text(reports_differ(answer.differing)), f"> {_text(answer.notice)}" if answer.notice else ""]
        parts += [f"{tr('Nearest in the library:')}\n\n{nearest}" if nearest else "", f"*{_text(basis(answer))}*"]
        parts += [_footnote(exchange, answer, number) for number in _cited(answer)]
    return "\n\n".join(filter(None, parts))


def _said(exchange: int, answer: Answer) -> str:
    """Paragraphs, or an entry a line; see assistant.presentation.layout."""
    said = [_sentence(each, exchange, answer) for each in answer.sentences]
    if answer.kind in (AnswerKind.FACT, AnswerKind.SUMMARY):
        shown = (f"> {text}" if quotation else text for quotation, text in paragraphs(answer, said))
        return "\n\n".join(filter(None, [tr(CLOSEST) if answer.closest else "", *shown]))
    opening = openers(answer)
    told = [*zip(answer.sentences, said, strict=True)][opening:]
    opened = [" ".join(said[:opening]) + "\n"] if opening else []
    return "\n".join(opened + [f"- **{_text(origin(sentence, answer))}**: {text}" for sentence, text in told])


def _sentence(sentence: Sentence, exchange: int, answer: Answer) -> str:
    marks = "".join(f"[^{exchange}-{number}]" for number in sentence.citations if number in _cited(answer))
    doubt = f" *{tr('(not confirmed by the sources)')}*" if doubtful(sentence, answer) else ""
    return f"{_text(sentence.text)}{marks}{doubt}"


def _cited(answer: Answer) -> list[int]:
    """The numbers that point at a source, in order."""
    numbers = {number for each in answer.sentences for number in each.citations}
    return [number for number in sorted(numbers) if 1 <= number <= len(answer.sources)]


def _footnote(exchange: Exchange, answer: Answer, number: int) -> str:
    cited = (without_addresses(each.quote) for each in answer.citations if each.number == number)
    quotes = " … ".join(f"“{_text(words)}”" for words in cited)
    gone = f" {tr('(no longer in the library)')}" if number in exchange.removed else ""
    named = f"{_footnoted(answer.sources[number - 1].article)}{gone}"
    return f"[^{exchange.number}-{number}]: {': '.join(filter(None, (named, quotes)))}"


def _footnoted(article: Article) -> str:
    address = article.url.replace("<", "%3C").replace(">", "%3E")
    return ", ".join(
        [
            _text(headline(article)),
            _text(byline(article)).replace(" · ", ", "),
            *([f"<{address}>"] if is_web_address(article.url) else []),
        ]
    )


def _text(text: str) -> str:
    """One line that Markdown shows letter for letter."""
    line = _MEANS_SOMETHING.sub(r"\\\g<0>", " ".join(legible(text).split()))
    return _BEGINS_SOMETHING.sub(r"\1\\\2", _STOP.sub(r"\\.", line))
