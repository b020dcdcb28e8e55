"""What a model wrote and the sentences that were found without it, put together. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.draft import Draft
from assistant.evidence import Quoted
from assistant.models import Citation, Support
from assistant.words import asks_yes_or_no

_BESIDE_YES_NO = 2


def beside(draft: Draft, quoted: Quoted, question: str) -> Draft:
    """The draft, which has a sentence at least, with the quotations that it does not rest on.

    When its first sentence, the main claim, is not borne out, all of them come before it. A yes or no needs its "but":
    two come after it. Else the best one does: the draft rests on something else, and the two may not say the same.
    """
    pairs = list(zip(quoted.sentences, quoted.citations, strict=True))
    fresh = [pair for pair in pairs if not _rests_on(draft.citations, pair[1])]
    if draft.sentences[0].support is Support.UNSUPPORTED:
        before, after = pairs, []
    elif asks_yes_or_no(question):
        before, after = [], fresh[:_BESIDE_YES_NO]
    else:
        before, after = [], [pair for pair in fresh if pair == pairs[0]]
    sentences = (*(said for said, _ in before), *draft.sentences, *(said for said, _ in after))
    citations = dict.fromkeys((*draft.citations, *(citation for _, citation in (*before, *after))))
    return Draft(sentences, tuple(citations))


def _rests_on(citations: Sequence[Citation], quotation: Citation) -> bool:
    return any(
        each.number == quotation.number and each.start < quotation.end and quotation.start < each.end
        for each in citations
    )
