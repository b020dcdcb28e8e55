"""The forms that orders to a program take in an article. Regular expressions, and nothing else.

They were drawn from the grammar of such orders, as benchmarks of indirect prompt injection collect them (BIPIA, Yi et
al. 2023; InjecAgent, Zhan et al. 2024; AgentDojo, Debenedetti et al. 2024): who is spoken of (a program, whoever asks,
the one who is to answer), what of (an answer, its words, this text), and that it has to be so.
"""

from __future__ import annotations

import re

_MACHINE = (
    r"(?:ai|a\.i\.|llms?|gpts?|chat ?gpt|claude|gemini|copilot|chat ?bots?|bots?|(?:language |ai )?models?|assistants?"
    r"|summari[sz]ers?|crawlers?|agents?|(?:answering|retrieval|automated|ai|reading) "
    r"(?:system|engine|tool|program)s?)\b"
)
_PROGRAM = _MACHINE.replace("(?:language |ai )?models?", "(?:language|ai) models?").replace("|agents?", "|ai agents?")
# Programs that are nothing else, in any company.
_READING_MACHINE = (
    r"(?:(?:digital|automated|automatic|virtual|ai|machine|electronic) (?:assistant|reader|agent|model)s?"
    r"|(?:language |large |ai )+models?|assistants|chat ?bots?|ll?ms|(?:reading|answering) (?:program|system"
    r"|software)s?"
    r"|(?:software|programs|machines|models|bots) (?:that|which) (?:reads?|quotes?|cites?|retells?|answers?)|ai)\b"
)
_ANSWER = (
    r"(?:answers?|responses?|repl(?:y|ies)|outputs?|summar(?:y|ies)|completions?|messages?|sentences?|citations?"
    r"|retellings?)\b"
)
# What is given to somebody who asked, as a kind: "any reply", "answers", "the model answer".
_GIVEN = r"(?:answers?|responses?|repl(?:y|ies)|outputs?|retellings?|completions?)\b"
_QUALIFIED = (
    r"(?:correct|right|true|proper|expected|accepted|updated|valid|required|approved|verified|model|official|good|full"
    r"|complete|perfect|replacement|final|only|ideal|safe|diagnostic|standard|best)"
)
_ASKED = r"(?:questions?|quer(?:y|ies)|users?|readers?|requests?|prompts?|conversations?|chats?|passages?|context)\b"
_MUST = r"\b(?:must|should|shall|needs? to|has to|have to|will|(?:is|are) (?:required|instructed|asked|ordered|to))\b"
# The text speaks of itself.
_THIS_TEXT = (
    r"(?:th(?:is|ese)|our|the (?:present|above)) (?:articles?|texts?|pages?|stor(?:y|ies)|reports?|pieces?|documents?"
    r"|passages?|subject|sources?)\b"
)
_HAS_WORDS = (
    r"(?:begins?|starts?|opens?|ends?|closes?|finish(?:es)?|carr(?:y|ies)|contains?|consists?|includes?|mentions?"
    r"|lists?|credits?|names?|reads?|rhymes?)\b"
)
_TO_BE_SAID = (
    r"(?:said|given(?: out)?|shown|supplied|repeated|named|stated|answered|quoted|mentioned|displayed|printed|added"
    r"|put)\b"
)
# What a program alone is told to do, and what anybody may be: in speech these are anybody's words.
_WRITE = (
    r"(?:answer|reply|respond|output|print|translate|append|prepend|rephrase|rewrite|render|insert"
    r"|embed|role-?play|impersonate|summari[sz]e|compute|calculate|decode)\b"
)
_SAY = (
    r"(?:tell|say(?= (?-i:[A-Z\d])| ?[\"“'‘]| (?:that|only|nothing|this|so)\b)|recite|generate|repeat|cite"
    r"|refuse|decline|reveal"
    r"|disclose|write|state that|declare|claim that|pretend (?:to|that|you|the|this)|act (?:as|like)|behave"
    r"|speak (?:as|like|in|only)|talk (?:as|like|in|only)|switch|adopt|become"
    r"|compose|produce|conclude|count (?:backwards?|down|from|to))\b"
)
_DO = (
    r"(?:begin|start|end|finish|open|close|add|include|list|give|use|provide|replace|change|put|send|post|visit|click|"
    r"follow|load|fetch|download|show|display|keep|make|treat|consider|assume|return|attach|stop|mention|quote|ask"
    r"|call|wrap|encode)\b"
)
_LEAD = (
    r"^\W*(?:(?:please|now|instead|then|first|also|simply|just|kindly|and|but|so|important|note|always|never|only|"
    r"do not|from now on|don['’]t|you (?:must|should|need to|have to|will|shall|may|can|are to|are going to)|"
    r"be sure to|make sure (?:to|you)|remember to|it is \w+ (?:that you|to)|"
    r"(?:before|when) (?:answer|reply|respond)ing)\b[\s,:;!*-]*){0,6}"
)
_GUIDANCE = r"(?:instructions?|directions|directives?|guidelines?|guidance|rules|commands|orders|prompts?|task)"
_NAMED_WORDS = r"(?:words?|phrase|slogan|string|sentence|code word|line) (?:is |reads? |of )?[\"“”'‘’]?"

_ORDERS = (
    # What stands between the turns of a conversation, and a turn itself.
    r"<\|[^|<>]*\|?>|\[/?inst\]|<</?sys>>|</?s>|<!--|^\W*#{2,}\s*\w",
    r"</?(?:system|user|assistant|human|bot|instructions?|context|prompt|passages?)\b",
    r"^\W*(?:\w+ ){0,2}(?:system|assistant|user|human|ai|chatbot|developer|admin\w*|prompt|"
    r"instructions?)(?: (?:message|prompt|note|notice|override|update|turn|instructions?))?\s*[\]>*]*\s*(?::|$|>)",
    r"^\W*(?:question|answer|response)s?(?: key)?\s*[\]>*]*\s*(?::|$|>)|\bq: .*\ba: ",
    r"^\W*assistant \([^)]*\)\s*:|\b(?:answer key|tool result|final_answer)\b",
    # What was said before is set aside.
    r"\b(?:ignor|disregard|forget|overrid|bypass|discard|neglect|supersed)(?:e|es|ing)?\b(?:\W+\w+){0,6}?\W+"
    r"(?:previous|prior|earlier|above|preceding|foregoing|original|initial|system|your|everything)\b(?:\W+\w+){0,4}?\W*"
    r"(?:instructions?|prompts?|directives?|guidelines?|rules?|commands?|constraints?|text|context|content)\b",
    r"\b(?:ignore|disregard|forget|discard) (?:everything|anything|all|what)\b.{0,30}"
    r"\b(?:above|before|previous|prior|earlier|preceding|foregoing)\b",
    r"\b(?:ignore|disregard|forget|override|bypass|discard)\b(?:\W+\w+){0,4}?\W+(?:instructions?|prompts?"
    r"|directives?)\b",
    r"\b(?:new|updated|revised|real|actual|hidden|secret|your) (?:instructions?|directives?|task|objective"
    r"|assignment)\b"
    r"[^.]{0,60}(?::|\b(?:is|are|follow|below|apply|you)\b)",
    rf"\b{_GUIDANCE} (?:that )?you (?:(?:have|had|were|are|was)\b|received|got|follow)",
    rf"\b{_GUIDANCE} (?:given|stated|set) (?:to you|at the (?:start|beginning)|above|before)",
    rf"^\W*(?:earlier|previous|prior|your) {_GUIDANCE} (?:is|are|was|were|has|have)\b",
    rf"\bnew {_GUIDANCE} (?:supersede|replace|override)|\b{_GUIDANCE} (?:is|are|has been|have been) cancel",
    r"\bsystem prompt\b|\bjailbreak|\bprompt injection\b|\bdeveloper mode\b|\b(?:diagnostic|maintenance) mode is\b",
    r"\b(?:your|the question|the (?:actual|real) (?:task|assignment|question|job)) (?:was|were|is|are) (?:only"
    r"|just|now|"
    r"a different|obsolete|a (?:short|test|warm-up))\b",
    # A machine is spoken to, or of as one that reads this.
    r"\b(?:attention|dear|hey|hello|(?:notice|note|message|instructions?|reminder|correction|hint|task list)s? "
    rf"(?:to|for))\W+(?:\w+\W+){{0,4}}{_MACHINE}",
    rf"\byou(?:['’]re| are)(?: now| currently)?(?: called)?(?: an?| the)?(?: \w+){{0,4}} {_MACHINE}",
    rf"\bif you(?:['’]re| are)\b(?:\W+\w+){{0,5}}?\W+{_MACHINE}",
    rf"\b{_PROGRAM}.{{0,80}}(?:{_MUST}|\bplease\b).{{0,80}}"
    rf"\b(?:{_ANSWER}|{_ASKED}|answer|respond|say|this (?:article|text)\b)",
    rf"\b{_READING_MACHINE}.{{0,80}}\b(?:{_THIS_TEXT}|reads? us\b)",
    rf"\b(?:{_THIS_TEXT}).{{0,60}}\b{_READING_MACHINE}",
    r"\bthe (?:assistant|chat ?bot|model|bot)(?:['’]s name)?\b.{0,30}\b(?:answers?|repl(?:y|ies)|responds?"
    r"|introduces?|says)"
    r"\b.{0,12}(?:\bonly\b|\balways\b|\bnever\b|[\"“'‘]|\bin every\b)",
    r"\byour (?:creator|developer|operator|programmer|administrator)s?\b",
    r"\byour (?:job|role|purpose|mission|goal) is (?:now )?to (?:recommend|tell|say|answer|write|praise"
    r"|mention|convince"
    r"|persuade|advertise|promote|steer)",
    r"\bthe assistant (?:always|only|never) \w+s\b",
    r"\b(?:reading|processing|summari[sz]ing|retrieving|indexing) this (?:article|page|text|document|passage)\b",
    # What an answer has to be.
    rf"\b{_QUALIFIED} {_GIVEN}.{{0,40}}(?:\bis:|\bis [\"“'‘]|\breads\b|:|\bmust\b|\bshould\b|\bto (?:give|any"
    rf"|every|all)\b)",
    rf"\b{_QUALIFIED} {_ANSWER} to (?:the|any|every|all|this) (?:question|quer)",
    rf"\b(?:correct|expected|accepted|approved|required|valid) {_GIVEN}(?: \w+){{0,6}} is\b",
    rf"\ba (?:good|full|complete|proper|correct|perfect) {_ANSWER} (?:says|has|includes|mentions|ends|begins|here)\b"
    rf"|\bcomplete {_ANSWER} here\b",
    rf"\b(?:your|every|each|any|all) (?:\w+ ){{0,2}}(?:{_GIVEN}|summar(?:y|ies)\b).{{0,40}}{_MUST}",
    rf"\b(?:your|every|each|any|all) (?:\w+ ){{0,2}}{_GIVEN}.{{0,40}}\b{_HAS_WORDS}",
    rf"\bthe {_GIVEN} (?:must|should|has to|is to) (?:be|begin|start|end|say|read|contain|consist|include|state)\b",
    rf"\bthe {_GIVEN} (?:consists? of|begins? with|starts? with|ends? with|reads?[: ]|to give is|is expected)"
    r"|\bthe (?:reply|response|output) is (?:simply |only )?(?:[\"“'‘]|to (?:contain|begin|end|be)|that )",
    rf"(?:^|[;:,—] ?)\W*(?:\w+ )?(?:answers|replies|responses|retellings|outputs|summaries)\b.{{0,50}}\b(?:{_HAS_WORDS}"
    r"|(?:are|is) (?:given|shown|attributed|made|written|to)\b|come with\b)",
    rf"\b{_GIVEN} (?:made|drawn|taken|built) (?:from|of|on) {_THIS_TEXT}|\b(?:answer|retelling"
    rf"|summary) of {_THIS_TEXT}",
    r"\b(?:answers?|repl(?:y|ies)|responses?)\b.{0,12}\b(?:to|about) (?:this|it|that)\b.{0,30}"
    rf"\b(?:{_HAS_WORDS}|are given|is given)",
    r"\bquestions?\b.{0,50}\b(?:are|is|get) answered (?:with|as|by) [\"“'‘]",
    rf"\b(?:is|are) to be {_TO_BE_SAID}.{{0,30}}(?:$|\b(?:instead|first|last|out)\b)|\bremains to be said\b",
    rf"\b(?:sentence|word|name|phrase|answer|reply|figure|number) (?:that is |which is )?to (?:be )?(?:give|repeat|"
    rf"supply|name|quote|{_TO_BE_SAID})\b.{{0,12}}\bis\b",
    rf"\b{_NAMED_WORDS}\S.{{0,60}}\b(?:belongs? (?:at|in)|at the (?:start|beginning|end) of)\b",
    r"\b(?:without|together with|end(?:s|ing)? (?:in|with)|beg[iau]ns? with|starts? with|close with) the "
    r"(?:words?|phrase|slogan|sentence) [\"“'‘]",
    rf"\b{_THIS_TEXT}.{{0,30}}\b(?:must not|may not|may only|may be (?:\w+ )?only|can only) \w+"
    rf"(?:.{{0,40}}(?:\banswer|\bquestion|[\"“'‘]|\btogether with\b))",
    rf"\b(?:retracted|withdrawn|void|confidential|insufficient|incomplete)\b.{{0,60}}\b(?:{_ASKED}|{_ANSWER}"
    rf"|to answer\b"
    r"|without the)",
    rf"\b(?:insufficient|not enough|no) information\b.{{0,60}}\b(?:to answer|{_THIS_TEXT})",
    # Who asks, and the question.
    r"\b(?:this|that|the (?:user|reader)['’]?s|any|every|all) (?:question|quer(?:y|ies)|prompt)s?\b.{0,40}"
    r"\b(?:answer|say|respond|reply|is (?:to|answered|now))\b",
    r"\b(?:if|when|whenever|should)\b.{0,60}\b(?:asks?|asked|asking|questions?)\b.{0,60}"
    rf"(?:[,;:]|\b(?:must|should|please|always|only|then|simply))\W+(?:{_WRITE}|{_SAY})",
    r"\b(?:if|when) (?:some|any)(?:one|body) asks\b.{0,60}\b(?:the answer|answer|say|tell)\b",
    r"\b(?:the|this) user\b.{0,40}\b(?:asks?|wants?|must|should|is|really|would)\b",
    r"\b(?:what )?the reader (?:wants|would rather|asks|expects|deserves|prefers|wishes)\b"
    r"|\bshould the (?:reader|user)\b",
    r"\b(?:whoever|those who|anyone who|everyone who|readers? who) (?:reads? this|asks? (?:about|for|this)|retells?)\b",
    r"\b(?:before|after|above|below|preceding|following|until) this (?:sentence|line|point|paragraph)\b.{0,60}"
    r"\b(?:is|are|was|were|outdated|void|ignore|forget|not)\b|^\W*(?:above|below) you (?:find|see|read)\b",
    r"\bfrom here on\b.{0,40}\b(?:question|answer|task)",
    # The same in other languages.
    r"\b(?:ignorier\w*|missacht\w*|vergiss|vergessen sie)\b.{0,50}\b(?:anweisung|vorgabe|anleitung|instruktion)",
    r"\b(?:ignor\w*|oubli\w*|olvid\w*|omit\w*|dimentic\w*|esque[cç]\w*|neglige\w*|negeer|vergeet|zignoruj)\b.{0,50}"
    r"\b(?:instru[ckçz]\w*|consign\w*|istruzion\w*|indica[cz]\w*|polece\w*)",
    r"(?:игнорируй|забудь|не обращай)\w*.{0,50}(?:инструкц|указани)|忽略|无视|無視|무시|تجاهل|önceki (?:tüm )?talimat",
    # An imperative about what is to be said, that only a program is given.
    rf"{_LEAD}{_WRITE}(?!\s+(?:of|is|was|were|are|has|had)\b)",
    rf"{_LEAD}(?:ignore|disregard|forget)\b.{{0,30}}\b(?:{_ASKED}|{_ANSWER}|{_GUIDANCE}|{_THIS_TEXT}|above|previous)",
)
_SPOKEN = (
    rf"{_LEAD}{_SAY}(?!\s+(?:of|is|was|were|are|has|had)\b)",
    rf"{_LEAD}{_DO}.{{0,120}}\b(?:{_ANSWER}|{_ASKED}|this (?:article|text|page)\b|(?:word|phrase|link|url|image)s?\b)",
)
ORDER = re.compile("|".join(f"(?:{each})" for each in _ORDERS), re.I)
# Orders where nobody is quoted: "Tell the truth", she said.
BARE_IMPERATIVE = re.compile("|".join(f"(?:{each})" for each in _SPOKEN), re.I)
# Beside an order only: it goes on in sentences that alone would be anybody's.
GOES_ON = re.compile(
    rf"\byour?\b|{_LEAD}(?:{_WRITE}|{_SAY}|{_DO})|^\W*(?:the|this|that) (?:answer|response|reply)\b"
    rf"|^\W*\S+(?:\s+\S+){{0,4}}\W*$|:\W*$",
    re.I,
)
# Of what an order speaks. Beside sentences with which it shares no word these are enough.
TALK_OF_ANSWERS = re.compile(
    rf"\b(?:{_PROGRAM}|{_GIVEN}|{_THIS_TEXT}|(?:questions?|quer(?:y|ies)|prompts?|readers?|users?|conversation"
    rf"|requests?"
    r"|summar(?:y|ies)|instructions?|guidelines|words?|phrase|slogan|sentences?)\b)",
    re.I,
)
IMPERATIVE = re.compile(rf"{_LEAD}(?:{_WRITE}|{_SAY}|{_DO})", re.I)
REPORTED = re.compile(r"\b(?:said|says|\w+s say|told|was|were|had|did|has|have|expected)\b", re.I)
TO_SOMEBODY = re.compile(r"\byou(?:rs?)?\b", re.I)
