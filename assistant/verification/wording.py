"""The closed classes of words by which a text hands a statement to somebody else or takes it back: data, by
language.

A verb is listed by its first form where it is regular. Verbs that vouch for what they report (show, find, confirm,
rule) are not here: what stands under them is stated.
"""

from __future__ import annotations

from collections.abc import Iterable


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


def _forms(verbs: Iterable[str]) -> frozenset[str]:
    """English verbs in the present and the past; what is irregular is written out."""
    found = set()
    for verb in verbs:
        if verb.endswith("y") and verb[-2] not in "aeou":
            found |= {verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied"}
        else:
            found |= {verb, f"{verb}s", f"{verb.removesuffix('e')}ed"}
    return frozenset(found)


SAID = _forms("add remark explain report state note recount".split()) | _words(
    "say says said tell tells told write writes wrote adding saying",
    "sagt sagte sagten teilte teilten erklärte erklärten berichtet berichtete meldete",
    "dijo dice dijeron dicen informó informaron señaló explicó declaró aseguró cuenta contó",
    "dit disait déclare déclaré déclarait indique indiqué explique expliqué précise précisé",
    "disse diz disseram dizem informou informaram explicou declarou",
)
CLAIMED = _forms(
    "claim allege assert contend maintain insist argue suggest believe suspect warn fear predict estimate complain "
    "assume imply reckon speculate guess testify".split()
) | _words(
    "think thinks thought argued hold holds",
    "behauptet behaupten behauptete behaupteten meint meinte meinten vermutet vermuten befürchtet fürchtet glaubt",
    "afirma afirman afirmó afirmaron sostiene sostienen cree creen espera esperan sospecha denuncia denunció",
    "alega teme",
    "affirme affirment affirmait estime estiment soupçonne craint redoute prétend assure assurent",
    "afirmam afirmou afirmaram alegam alegou acredita suspeita acusa acusam",
)
# These are followed by whom they blame, and then by what for.
ACCUSED = _forms("accuse blame charge suspect".split()) | _words(
    "wirft werfen warf acusa acusan acusó reproche reprochent accuse accusent culpa"
)
ACCUSED_OF = _words("accused charged suspected suspicion charges allegations accusations alleged")
DENIED = _forms("deny refute dispute".split()) | _words(
    "bestreitet leugnet weist niega niegan nie démentent nega negam"
)
UNPROVEN = (
    r"\bnot (?:yet )?(?:true|certain|clear|known|proven|proved|established|confirmed) (?:that|whether|if)\b"
    r"|\bno (?:evidence|proof|sign|indication|truth) (?:that|in)\b|\b(?:false|untrue|wrong) that\b|\bwhether\b"
)
# Where these end in a clause, somebody other than the writer speaks, and nobody is named.
HEARSAY = _words(
    "allegedly reportedly supposedly purportedly apparently alleged angeblich mutmaßlich presuntamente supuestamente",
    "prétendument alegadamente supostamente",
)
ACCORDING = (
    r"according to|in the (?:view|opinion|words|eyes) of|in (?:\w+['’]s|his|her|its|their) (?:view|opinion)|laut|nach "
    r"(?:angaben|ansicht|meinung|auffassung|einschätzung|aussage|darstellung)(?: von)?|según|selon|d['’]après|segundo"
    r"|de acordo com|de acuerdo con"
)
THAT = _words("that dass que whether")
NOUNS_OF_SAYING = _words(
    "claim claims allegation allegations accusation accusations suspicion suspicions rumour rumours rumor rumors fear",
    "fears belief theory assertion assertions",
)

POSSIBLE = _words(
    "may might could possibly perhaps maybe possible könnte könnten vielleicht möglicherweise podría podrían quizás",
    "quizá pourrait pourraient peut-être poderia poderiam talvez",
)
WISHED = _words(
    "would should soll sollen sollte sollten würde würden devrait devraient doit doivent debería deberían deveria "
    "deveriam"
)
COMING = _words("will shall 'll wird werden vai vão va van")
# What is said to be done "to", and is then done: "managed to win". All other infinitives are of what is open.
DOES = _forms(
    "manage continue start help force cause allow enable tend seem appear prove happen serve dare bother hasten cease "
    "proceed oblige compel lead".split()
) | _words("begin began begun begins able used get got gets went come came goes known shown found")
PLANS = _forms(
    "plan want hope aim intend propose threaten expect offer vow pledge promise agree prepare consider ask urge demand "
    "order schedule wish attempt refuse decline fail".split()
) | _words(
    "planned planning hoping aiming intending proposing threatening seek seeks sought seeking try tries tried trying "
    "likely due set ready going considering preparing"
)
# With an object they say that there is none of it yet: "wants a rise", "is considering an appeal".
WANTS = _words(
    "want wants wanted seek seeks sought seeking demand demands demanded demanding propose proposes proposed proposing",
    "considers considering expect expects expecting mulls mulling threatens threatening plans planning contemplating",
    "promise promises promised promising pledge pledges pledged request requests requested",
    "risks risking faces facing fordert fordern exige exigen réclame réclament pide piden",
)
FORESEEN = _words(
    "possible likely planned expected due scheduled forecast foreseen proposed intended pending thinkable conceivable",
    "geplant möglich prevista previsto prévu prévue",
)
# Said of oneself in print, and taken back.
MISTAKEN = (
    r"\b(?:earlier|previous|original|first) (?:version|edition|report|article)\b|\b(?:incorrectly|wrongly|mistakenly"
    r"|erroneously|inaccurately|misstated|misidentified)\b|\b(?:was|were) (?:mis)?quoted as\b"
)
TAKES_BACK = r"^(?:that|this|it) (?:is|was) (?:wrong|incorrect|false|untrue|not (?:true|right|correct))\b"
CORRECTION = r"\b(?:corrections?|clarifications?|berichtigung|korrektur|corrección|erratum|errata|rectificatif)\b"
IN_PRINT = r"\b(?:caption|headline|article|report|story|graphic|chart|interview|obituary|letter|we)s?\b"
