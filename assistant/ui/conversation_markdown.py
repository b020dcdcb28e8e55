"""Answers and conversations as plain text and as Markdown."""

from __future__ import annotations

import re
from itertools import groupby

from assistant.answering.provenance import basis, fallen_behind, reports_differ
from assistant.presentation.layout import laid_out
from assistant.text.texts import speaking, tr
from assistant.types import Answer, Conversation, Sentence, Stage, Support
from assistant.ui.render import byline, headline, is_web_address, legible
from assistant.ui.transcript import Block, Note, Role, Source, Span, transcript
from vectorstore.models import Article

_MEANS_SOMETHING = re.compile(r"[\\`*_{}\[\]<>#|!~$&]")
# Between letters: some programs make a link of whatever looks like a host.
_STOP = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2})")
_BEGINS_SOMETHING = re.compile(r"^(\d+)?([-+=.)])")
_FORMS = {
    Role.QUESTION: "## {}",
    Role.TEXT: "{}",
    Role.QUOTE: "> {}",
    Role.ENTRY: "- {}",
    Role.NOTICE: "> {}",
    Role.PROBLEM: "**{}**",
    Role.SMALL: "*{}*",
}


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
    script = transcript(title, conversation)
    parts = [f"# {_text(script.title)}"]
    for entries, blocks in groupby(script.blocks, key=lambda block: block.role is Role.ENTRY):
        written = [*map(_block, blocks)]
        parts += ["\n".join(written)] if entries else written
    return "\n\n".join([*filter(None, parts), *map(_footnote, script.notes)]) + "\n"


def _block(block: Block) -> str:
    said = _named_source(block.source) if block.source else "".join(map(_span, block.spans))
    return _FORMS[block.role].format(said) if said else ""


def _span(span: Span) -> str:
    text = _text(span.text) or " "
    written = f"**{text}**" if span.strong else f"*{text}*" if span.slanted else text
    return written + "".join(f"[^{note.key}]" for note in span.notes)


def _footnote(note: Note) -> str:
    named = f"{_named_source(note.source)} {_text(note.gone)}".rstrip()
    return f"[^{note.key}]: {': '.join(filter(None, (named, _text(note.quoted))))}"


def _named_source(source: Source) -> str:
    address = source.address.replace("<", "%3C").replace(">", "%3E")
    return ", ".join(filter(None, (_text(source.named), address and f"<{address}>")))


def _text(text: str) -> str:
    """One line that Markdown shows letter for letter."""
    line = _MEANS_SOMETHING.sub(r"\\\g<0>", " ".join(legible(text).split()))
    return _BEGINS_SOMETHING.sub(r"\1\\\2", _STOP.sub(r"\\.", line))
