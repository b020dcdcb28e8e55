"""An answer as plain text with its citations as footnotes, for the clipboard and for programs. Pure."""

from __future__ import annotations

from assistant.answering.provenance import basis, fallen_behind, reports_differ
from assistant.presentation.layout import laid_out
from assistant.types import Answer, Sentence, Stage, Support
from assistant.ui.render import byline, headline, is_web_address
from vectorstore.models import Article


def plain(answer: Answer) -> str:
    """The sentences with their marks, then the cited sources, or the nearest articles when it was refused."""
    said = " ".join(filter(None, [body(answer), answer.writing]))
    cited = sorted({number for each in answer.sentences for number in each.citations})
    notes = [f"[{n}] {_named(answer.sources[n - 1].article)}" for n in cited if 1 <= n <= len(answer.sources)]
    nearest = [f"- {_named(each)}" for each in answer.nearest]
    heading = ["Nearest in the library:"] if nearest else []
    basis_of = [basis(answer), fallen_behind(answer)] if answer.stage is Stage.DONE else []
    known = [reports_differ(answer.differing), "\n".join(notes), "\n".join(heading + nearest), answer.notice]
    return "\n\n".join(filter(None, [said, *known, *basis_of]))


def body(answer: Answer) -> str:
    """The finished sentences with their marks, each as `marked` has it, in the manner of the answer's kind."""
    return laid_out(answer, [marked(each, answer) for each in answer.sentences])


def doubtful(sentence: Sentence, answer: Answer) -> bool:
    """Whether a reader must be warned. A refusal rests on nothing by its nature; a warning would accuse it."""
    return sentence.support is Support.UNSUPPORTED and not answer.refused


def marked(sentence: Sentence, answer: Answer) -> str:
    """The sentence with its marks, ` [1] [2]`, and a warning where the sources do not bear it out."""
    marks = "".join(f" [{number}]" for number in sentence.citations)
    return f"{sentence.text}{marks}{' (not confirmed by the sources)' if doubtful(sentence, answer) else ''}"


def _named(article: Article) -> str:
    address = [article.url] if is_web_address(article.url) else []
    return ", ".join([headline(article), byline(article).replace(" · ", ", "), *address])
