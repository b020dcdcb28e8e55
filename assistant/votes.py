"""What a model wrote and the sentences that were found without it, put together. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.draft import Draft
from assistant.evidence import Quoted
from assistant.models import Citation, Support
from assistant.words import asks_yes_or_no

_MOST = 2
# What a quotation may be worth less than the best one.
_NEARLY = 0.3


def beside(draft: Draft, quoted: Quoted, question: str, lead: bool = False) -> Draft:
    """The draft with the quotations that it does not rest on.

    All of them come before it when its first sentence, the main claim, is not borne out, and when they are to `lead`.
    Else at most two come after it, which may not say what it says: for a yes or no, which needs its "but", any, and
    else such as promise nearly as much as the best.
    """
    pairs = list(zip(quoted.sentences, quoted.citations, strict=True))
    if lead or any(sentence.support is Support.UNSUPPORTED for sentence in draft.sentences[:1]):
        before, after = pairs, []
    else:
        fresh = [
            pair
            for pair, worth in zip(pairs, quoted.worths, strict=True)
            if not _rests_on(draft.citations, pair[1])
            and (asks_yes_or_no(question) or worth >= quoted.worths[0] - _NEARLY)
        ]
        before, after = [], fresh[:_MOST]
    told = {said.text for said, _ in before}
    written = (said for said in draft.sentences if said.text not in told)
    sentences = (*(said for said, _ in before), *written, *(said for said, _ in after))
    citations = dict.fromkeys((*draft.citations, *(citation for _, citation in (*before, *after))))
    return Draft(sentences, tuple(citations))


def _rests_on(citations: Sequence[Citation], quotation: Citation) -> bool:
    return any(
        each.number == quotation.number and each.start < quotation.end and quotation.start < each.end
        for each in citations
    )
