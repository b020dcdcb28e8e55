"""Amounts in other languages than English, and that they are the same amounts as in English."""

from __future__ import annotations

import pytest
from kept_amounts_of_languages import KEPT

from assistant.text.quantities import quantities

AMOUNTS = {
    "de": [
        ("Der Schaden beträgt 2,5 Millionen Euro.", "2.5 million euros"),
        ("4,2 Mio. Euro", "€4.2m"),
        ("1.250.000 Menschen", "1,250,000 people"),
        ("Die Preise steigen um acht Prozent.", "eight per cent"),
        ("einundzwanzig Verletzte", "21"),
        ("3,40 Euro", "3.40 euros"),
        ("zweihundert Betten", "200 beds"),
    ],
    "fr": [
        ("Une amende de 135 euros", "135 euros"),
        ("1 250 000 habitants", "1,250,000"),
        ("2,5 millions d'euros", "€2.5 million"),
        ("vingt et un blessés", "twenty-one"),
        ("quatre-vingt-douze sièges", "92 seats"),
        ("une hausse de 20 %", "20%"),
        ("trois milliards", "3bn"),
    ],
    "es": [
        ("un aumento del seis por ciento", "6%"),
        ("1.250.000 habitantes", "1,250,000"),
        ("2,5 millones de euros", "2.5 million euros"),
        ("treinta y dos heridos", "32"),
        ("veinte casas", "twenty houses"),
        ("300 mil personas", "300,000"),
    ],
    "pt": [
        ("aumento de seis por cento", "6%"),
        ("2,5 milhões de euros", "2.5 million euros"),
        ("1.250.000 pessoas", "1,250,000"),
        ("três mil milhões", "3 billion"),
        ("R$ 4,2 bilhões", "4.2 billion"),
        ("vinte e dois feridos", "22"),
    ],
    "it": [
        ("un aumento del sei per cento", "6%"),
        ("2,5 milioni di euro", "2.5 million euros"),
        ("1.250.000 abitanti", "1,250,000"),
        ("ventidue feriti", "22"),
        ("tre miliardi", "3 billion"),
        ("200mila euro", "200,000 euros"),
    ],
    "nl": [
        ("een verhoging van zes procent", "6%"),
        ("2,5 miljoen euro", "2.5 million euros"),
        ("1.250.000 inwoners", "1,250,000"),
        ("tweeëntwintig gewonden", "22"),
        ("drie miljard", "3 billion"),
        ("€ 3,40", "€3.40"),
    ],
    "pl": [
        ("podwyżka o sześć procent", "6%"),
        ("2,5 miliona euro", "2.5 million euros"),
        ("1 250 000 mieszkańców", "1,250,000"),
        ("dwadzieścia dwa domy", "22"),
        ("3 mld złotych", "3 billion"),
        ("20 tys. osób", "20,000"),
    ],
    "ru": [
        ("рост на шесть процентов", "6%"),
        ("2,5 миллиона евро", "2.5 million euros"),
        ("1 250 000 жителей", "1,250,000"),
        ("двадцать два дома", "22"),
        ("3 млрд рублей", "3 billion"),
        ("800 мест", "800"),
    ],
    "tr": [
        ("yüzde altı artış", "6%"),
        ("2,5 milyon euro", "2.5 million euros"),
        ("1.250.000 kişi", "1,250,000"),
        ("yirmi iki yaralı", "22"),
        ("3 milyar lira", "3 billion"),
        ("%20 zam", "20%"),
    ],
    "ar": [
        ("٦٠ مليون دينار", "60 million dinars"),
        ("زيادة 20%", "20%"),
        ("عشرين في المئة", "20 per cent"),
        ("850 مترا", "850 metres"),
        ("ثلاثة مليارات", "3 billion"),
        ("خمسة وعشرون جريحا", "25"),
    ],
    "hi": [
        ("३०० बिस्तर", "300 beds"),
        ("12 लाख लोग", "1,200,000"),
        ("छह प्रतिशत", "6%"),
        ("12,50,000 लोग", "1,250,000"),
        ("तीन करोड़ रुपये", "30 million rupees"),
        ("पच्चीस घर", "25"),
    ],
    "ur": [
        ("300 بستر", "300"),
        ("12 لاکھ لوگ", "1.2 million"),
        ("چھ فیصد", "6%"),
        ("تین کروڑ روپے", "30 million rupees"),
        ("پچیس گھر", "25"),
        ("۳۰۰ افراد", "300"),
    ],
    "zh": [
        ("造成六人死亡", "six"),
        ("上涨百分之二十", "20%"),
        ("2.5亿人", "250 million"),
        ("一百二十万人", "1.2 million"),
        ("二十所学校", "20"),
        ("约300张床位", "300"),
    ],
    "ja": [
        ("3億円", "300 million yen"),
        ("十パーセント", "10%"),
        ("六人が死亡", "six"),
        ("1,250,000人", "1.25 million"),
        ("二十校", "20"),
        ("一割値上げ", "10%"),
    ],
    "ko": [
        ("3억 명", "300 million"),
        ("20퍼센트 인상", "20%"),
        ("여섯 명이 숨졌다", "six"),
        ("120만 명", "1.2 million"),
        ("약 300병상", "300"),
        ("이십 퍼센트", "20%"),
    ],
    "sv": [
        ("en höjning med sex procent", "6%"),
        ("2,5 miljoner euro", "2.5 million euros"),
        ("1 250 000 invånare", "1,250,000"),
        ("tjugotvå skadade", "22"),
        ("tre miljarder", "3 billion"),
        ("20 %", "20%"),
    ],
}


@pytest.mark.parametrize(
    ("language", "text", "english"), [(name, *each) for name in AMOUNTS for each in AMOUNTS[name] + KEPT[name]]
)
def test_an_amount_is_the_same_as_in_english(language: str, text: str, english: str) -> None:
    (found,) = quantities(text, language)
    (wanted,) = quantities(english)
    assert found.agrees(wanted) and wanted.agrees(found), (found, wanted)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "这是十分重要的统一问题，一些人反对。"),
        ("ja", "一部の人は第一に反対した。"),
        ("de", "Eine Frau und ein Mann."),
        ("fr", "Une femme et un homme."),
        ("es", "Una mujer y un hombre, por cierto."),
        ("ar", "قالت الوزارة إن الجسر جديد."),
        ("hi", "एक आदमी आया।"),
        ("ko", "이 사람은 일을 한다."),
    ],
)
def test_what_only_looks_like_an_amount_is_none(language: str, text: str) -> None:
    assert not [each.text for each in quantities(text, language) if each.unit != "#"]


def test_different_amounts_stay_different_across_languages() -> None:
    (million,) = quantities("2,5 Millionen", "de")
    (thousand,) = quantities("2.500", "de")
    assert not million.agrees(thousand) and not million.agrees(quantities("2.5 billion")[0])
    assert quantities("1.250", "de")[0].value == 1250 and quantities("1.250", "ja")[0].value == 1.25


def test_a_span_of_amounts_shares_its_scale_in_every_language() -> None:
    first, _ = quantities("2 bis 3 Millionen", "de")
    assert (2e6, "") in first.readings


@pytest.mark.parametrize("language", [*AMOUNTS, "fi"])
@pytest.mark.parametrize("unit", ["1", "1.", "1 ", "1,2", "三", "十", "zwei", "20 ", "百分之", "%", "vingt et "])
def test_a_long_and_hostile_text_of_digits_is_read_to_its_end(language: str, unit: str) -> None:
    assert isinstance(quantities(unit * (20_000 // len(unit)), language), list)
