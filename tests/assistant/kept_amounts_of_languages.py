"""Amounts that were run only once the rules stood."""

from __future__ import annotations

KEPT = {
    "de": [("Fast 3 Mrd. Euro", "3 billion euros"), ("dreiunddreißig Kinder", "33"), ("12.400 Dollar", "$12,400")],
    "fr": [("soixante-quinze maisons", "75"), ("3,5 milliards de dollars", "$3.5bn"), ("12 400 logements", "12,400")],
    "es": [
        ("cuarenta y cinco por ciento", "45%"),
        ("3.500 millones de dólares", "$3.5bn"),
        ("12.400 viviendas", "12,400"),
    ],
    "pt": [("quarenta e cinco por cento", "45%"), ("dez mil pessoas", "10,000"), ("1,2 bilhão", "1.2bn")],
    "it": [("quarantacinque per cento", "45%"), ("diecimila persone", "10,000"), ("1,2 miliardi di dollari", "$1.2bn")],
    "nl": [("vijfenveertig procent", "45%"), ("tienduizend mensen", "10,000"), ("1,2 miljard dollar", "$1.2bn")],
    "pl": [("czterdzieści pięć procent", "45%"), ("dziesięć tysięcy osób", "10,000"), ("1,2 mln dolarów", "$1.2m")],
    "ru": [("сорок пять процентов", "45%"), ("десять тысяч человек", "10,000"), ("1,2 млн долларов", "$1.2m")],
    "tr": [("yüzde kırk beş", "45%"), ("on bin kişi", "10,000"), ("1,2 milyon dolar", "$1.2m")],
    "ar": [("خمسة وأربعون بالمئة", "45%"), ("عشرة آلاف شخص", "10,000"), ("1.2 مليون دولار", "$1.2m")],
    "hi": [("पैंतालीस फीसदी", "45%"), ("दस हज़ार लोग", "10,000"), ("1.2 करोड़ डॉलर", "$12 million")],
    "ur": [("پینتالیس فیصد", "45%"), ("دس ہزار لوگ", "10,000"), ("1.2 کروڑ ڈالر", "$12 million")],
    "zh": [("百分之四十五", "45%"), ("一万人", "10,000"), ("120万美元", "$1.2m")],
    "ja": [("45パーセント", "45%"), ("一万人", "10,000"), ("120万ドル", "$1.2m")],
    "ko": [("45퍼센트", "45%"), ("1만 명", "10,000"), ("120만 달러", "$1.2m")],
    "sv": [("fyrtiofem procent", "45%"), ("tio tusen personer", "10,000"), ("1,2 miljoner dollar", "$1.2m")],
}
