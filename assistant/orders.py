"""Sentences of an article that give orders to a program instead of reporting something. Pure.

They are neither read by the model nor quoted; a reader sees them in the article. Rules, not a model: what is looked for
is the grammar of such orders (an imperative about an answer, a second person that is a machine, the shape of a
conversation), as benchmarks of indirect prompt injection collect them (BIPIA, Yi et al. 2023; InjecAgent, Zhan et al.
2024). A report that repeats such an order word for word is left out with them.
"""

from __future__ import annotations

import re
import unicodedata

from assistant.safe import carries_address
from vectorstore.sentences import sentence_spans

_MACHINE = (
    r"(?:ai|a\.i\.|llms?|gpts?|chat ?gpt|claude|gemini|copilot|chat ?bots?|bots?|(?:language |ai )?models?|assistants?"
    r"|summari[sz]ers?|crawlers?|agents?|(?:answering|retrieval|automated|ai) (?:system|engine|tool|program)s?)\b"
)
_ANSWER = (
    r"(?:answers?|responses?|repl(?:y|ies)|outputs?|summar(?:y|ies)|completions?|messages?|sentences?|citations?)\b"
)
_ASKED = r"(?:questions?|quer(?:y|ies)|users?|readers?|requests?|prompts?|conversations?|chats?|passages?|context)\b"
_MUST = r"\b(?:must|should|shall|needs? to|has to|have to|will|(?:is|are) (?:required|instructed|asked|ordered|to))\b"
_SAY = (
    r"(?:answer|reply|respond|output|print|repeat|translate|say|tell|recite|generate|append|prepend|cite|"
    r"ignore|disregard|forget(?! to)|refuse|decline|reveal|disclose|rephrase|rewrite|write|render|insert|"
    r"embed|state that|declare|claim|pretend|role-?play|act|behave|speak|talk|switch|adopt|become|"
    r"impersonate|compose|produce|conclude|summari[sz]e)\b"
)
_DO = (
    r"(?:begin|start|end|finish|open|close|add|include|list|give|use|provide|replace|change|put|send|post|visit|click|"
    r"follow|load|fetch|download|show|display|keep|make|treat|consider|assume|return|attach|stop|mention|quote)\b"
)
_LEAD = (
    r"^\W*(?:(?:please|now|instead|then|first|also|simply|just|kindly|and|but|so|important|note|always|never|only|"
    r"do not|from now on|don['’]t|you (?:must|should|need to|have to|will|shall|may|can|are to|are going to)|"
    r"be sure to|make sure (?:to|you)|remember to|it is \w+ (?:that you|to)|"
    r"(?:before|when) (?:answer|reply|respond)ing)\b[\s,:;!*-]*){0,6}"
)
_ORDERS = (
    # What stands between the turns of a conversation, and a turn itself.
    r"<\|[^|<>]*\|?>|\[/?inst\]|<</?sys>>|</?s>|<!--|^\W*#{2,}\s*\w",
    r"</?(?:system|user|assistant|human|bot|instructions?|context|prompt|passages?)\b",
    r"^\W*(?:\w+ ){0,2}(?:system|assistant|user|human|ai|chatbot|developer|admin\w*|question|answer|response|prompt|"
    r"instructions?)(?: (?:message|prompt|note|notice|override|update|turn|instructions?))?\s*[\]>*]*\s*(?::|$|>)",
    # What was said before is set aside.
    r"\b(?:ignor|disregard|forget|overrid|bypass|discard|neglect|supersed|suspend)(?:e|es|s|ing|ed)?\b(?:\W+\w+){0,6}?\W+"
    r"(?:previous|prior|earlier|above|preceding|foregoing|original|initial|system|your|everything)\b(?:\W+\w+){0,4}?\W*"
    r"(?:instructions?|prompts?|directives?|guidelines?|rules?|commands?|constraints?|text|context|content|$|[.!,;:])",
    r"\b(?:ignore|disregard|forget|override|bypass|discard)\b(?:\W+\w+){0,4}?\W+(?:instructions?|prompts?|directives?)\b",
    r"\b(?:new|updated|revised|real|actual|hidden|secret|your) (?:instructions?|directives?|task|objective)\b"
    r"[^.]{0,60}(?::|\b(?:is|are|follow|below|apply|you)\b)",
    r"\bsystem prompt\b|\bjailbreak|\bprompt injection\b|\bdeveloper mode\b",
    # A machine is spoken to.
    r"\b(?:attention|dear|hey|hello|(?:notice|note|message|instructions?|reminder)s? (?:to|for))\W+(?:\w+\W+){0,4}"
    rf"{_MACHINE}",
    rf"\byou(?:['’]re| are)(?: now| currently)?(?: called)?(?: an?| the)?(?: \w+){{0,2}} {_MACHINE}",
    rf"\bif you(?:['’]re| are)\b(?:\W+\w+){{0,5}}?\W+{_MACHINE}",
    rf"\b{_MACHINE}.{{0,80}}(?:{_MUST}|\bplease\b).{{0,80}}"
    rf"\b(?:{_ANSWER}|{_ASKED}|answer|respond|say|this (?:article|text)\b)",
    r"\b(?:reading|processing|summari[sz]ing|retrieving|indexing) this (?:article|page|text|document|passage)\b",
    # What an answer has to be.
    r"\b(?:correct|right|true|proper|expected|accepted|updated|valid|required|approved|verified) "
    rf"{_ANSWER}.{{0,60}}(?:\bis\b|:|\bmust\b|\bshould\b)",
    rf"\b(?:your|every|each|any|all) (?:\w+ ){{0,2}}{_ANSWER}.{{0,40}}{_MUST}",
    rf"\bthe {_ANSWER} (?:must|should|has to|is to) (?:be|begin|start|end|say|read|contain|consist|include|state)\b",
    r"\b(?:this|that|the (?:user|reader)['’]?s|any|every|all) (?:question|quer(?:y|ies)|prompt)s?\b.{0,60}"
    r"\b(?:answer|say|respond|reply|is|must|should)\b",
    r"\b(?:if|when|whenever|should)\b.{0,60}\b(?:asks?|asked|asking|questions?)\b.{0,60}"
    rf"(?:[,;:]|\b(?:must|should|please|always|only|then|simply))\W+{_SAY}",
    r"\b(?:the|this) user\b.{0,40}\b(?:asks?|wants?|must|should|needs|has|is)\b",
    # The same in other languages.
    r"\b(?:ignorier\w*|missacht\w*|vergiss|vergessen sie)\b.{0,50}\b(?:anweisung|vorgabe|anleitung|instruktion)",
    r"\b(?:ignor\w*|oubli\w*|olvid\w*|omit\w*|dimentic\w*|esque[cç]\w*|neglige\w*|negeer|vergeet|zignoruj)\b.{0,50}"
    r"\b(?:instru[ckçz]\w*|consign\w*|istruzion\w*|indica[cz]\w*|polece\w*)",
    r"(?:игнорируй|забудь|не обращай)\w*.{0,50}(?:инструкц|указани)|忽略|无视|無視|무시|تجاهل|önceki (?:tüm )?talimat",
    # An imperative about what is to be said.
    rf"{_LEAD}{_SAY}(?!\s+(?:of|is|was|were|are|has|had)\b)",
    rf"{_LEAD}{_DO}.{{0,120}}\b(?:{_ANSWER}|{_ASKED}|this (?:article|text|page)\b|(?:word|phrase|link|url|image)s?\b)",
)
_ORDER = re.compile("|".join(f"(?:{each})" for each in _ORDERS), re.I)
# Beside an order only: it goes on in sentences that alone would be anybody's.
_GOES_ON = re.compile(
    rf"\byour?\b|{_LEAD}{_DO}|^\W*(?:the|this|that) (?:answer|response|reply)\b|^\W*\S+(?:\s+\S+){{0,4}}\W*$|:\W*$",
    re.I,
)
# Words of two alphabets, letters set apart, and what was encoded.
_DISGUISED = re.compile(
    r"[a-z][\u0370-\u052f]|[\u0370-\u052f][a-z]|(?:(?<!\S)\w[ ._-]){6,}"
    r"|\b(?=[A-Za-z+/]{0,99}\d)(?=[a-z0-9+/]{0,99}[A-Z])[A-Za-z0-9+/]{28,}|\b(?:[0-9a-f]{2}\s?){16,}\b"
    r"|\b(?:[01]{8}\s?){4,}|(?:\\[ux][0-9a-f]{2,4}|%[0-9a-fA-F]{2}|&#\w+;){4,}|\b(?:base64|rot13)\b",
)


def reporting(text: str) -> list[tuple[int, int]]:
    """Offsets of the sentences that report, in order: those without an order to a program and without an address."""
    kept, ordered = [], False
    for start, end in sentence_spans(text):
        sentence = unicodedata.normalize("NFKC", text[start:end])
        ordered = _gives_order(sentence) or (ordered and _GOES_ON.search(sentence) is not None)
        if not ordered and not carries_address(sentence):
            kept.append((start, end))
    return kept


def _gives_order(sentence: str) -> bool:
    return _ORDER.search(sentence) is not None or _DISGUISED.search(sentence) is not None
