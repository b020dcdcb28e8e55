"""What questions and articles in other languages than English say of time."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from kept_dates_of_languages import KEPT

from assistant.text.text_dates import moments
from assistant.text.time_window import Strength, read_timing

TODAY = date(2022, 7, 14)  # a Thursday
YESTERDAY, THIS_WEEK, LAST_WEEK = "13–14 July 2022", "7–14 July 2022", "4–10 July 2022"
LAST_MONTH, LAST_YEAR, THREE_DAYS_AGO = "1–30 June 2022", "1 January – 31 December 2021", "11 July 2022"
TWO_WEEKS_AGO, SINCE_MARCH, THE_3RD = "26 June – 4 July 2022", "since 1 March 2022", "3 July 2022"
QUESTIONS = {
    "de": [
        ("Was geschah letzte Woche in Neustadt?", LAST_WEEK),
        ("Wer trat vor zwei Wochen zurück?", TWO_WEEKS_AGO),
        ("Was hat sich seit März geändert?", SINCE_MARCH),
        ("Was geschah diese Woche?", THIS_WEEK),
        ("Wer gewann am 3. Juli?", THE_3RD),
        ("Was wurde zwischen dem 1. und dem 5. Juli 2022 beschlossen?", "1–5 July 2022"),
        ("Wer starb im Jahr 2021?", LAST_YEAR),
        ("Was wurde am 03.07.2022 eröffnet?", THE_3RD),
        ("Was war vor März 2022 geplant?", "until 28 February 2022"),
    ],
    "fr": [
        ("Que s'est-il passé la semaine dernière ?", LAST_WEEK),
        ("Qui a démissionné il y a trois jours ?", THREE_DAYS_AGO),
        ("Qu'est-ce qui a changé depuis mardi ?", "since 12 July 2022"),
        ("Que s'est-il passé cette semaine ?", THIS_WEEK),
        ("Qui a été élu le 3 juillet 2022 ?", THE_3RD),
        ("Qui a gagné en juin ?", LAST_MONTH),
        ("Qu'a-t-on décidé entre le 1er et le 5 juillet ?", "1–5 July 2022"),
        ("Qui est mort l'année dernière ?", LAST_YEAR),
    ],
    "es": [
        ("¿Qué pasó la semana pasada?", LAST_WEEK),
        ("¿Qué pasó esta semana?", THIS_WEEK),
        ("¿Quién dimitió hace tres días?", THREE_DAYS_AGO),
        ("¿Qué ha cambiado desde marzo?", SINCE_MARCH),
        ("¿Quién ganó el 3 de julio de 2022?", THE_3RD),
        ("¿Quién murió el año pasado?", LAST_YEAR),
        ("¿Qué ocurrió ayer en Almarza?", YESTERDAY),
        ("¿Qué se aprobó en junio de 2022?", LAST_MONTH),
    ],
    "pt": [
        ("O que aconteceu na semana passada?", LAST_WEEK),
        ("Quem renunciou há três dias?", THREE_DAYS_AGO),
        ("O que mudou desde março?", SINCE_MARCH),
        ("O que aconteceu esta semana?", THIS_WEEK),
        ("Quem venceu em 3 de julho de 2022?", THE_3RD),
        ("O que foi decidido ontem?", YESTERDAY),
        ("Quem se demitiu na terça?", "12 July 2022"),
        ("Quem morreu no ano passado?", LAST_YEAR),
    ],
    "it": [
        ("Che cosa è successo la settimana scorsa?", LAST_WEEK),
        ("Chi si è dimesso tre giorni fa?", THREE_DAYS_AGO),
        ("Che cosa è cambiato da marzo?", SINCE_MARCH),
        ("Che cosa è successo questa settimana?", THIS_WEEK),
        ("Chi ha vinto il 3 luglio 2022?", THE_3RD),
        ("Chi è morto nel 2021?", LAST_YEAR),
        ("Chi è stato eletto il mese scorso?", LAST_MONTH),
        ("Che cosa è successo ieri a Borgoforte?", YESTERDAY),
    ],
    "nl": [
        ("Wat gebeurde er vorige week?", LAST_WEEK),
        ("Wie trad drie dagen geleden af?", THREE_DAYS_AGO),
        ("Wat is er sinds maart veranderd?", SINCE_MARCH),
        ("Wat gebeurde er deze week?", THIS_WEEK),
        ("Wie won op 3 juli?", THE_3RD),
        ("Wie overleed in 2021?", LAST_YEAR),
        ("Wat werd er gisteren besloten?", YESTERDAY),
        ("Wat is er twee weken geleden gebeurd?", TWO_WEEKS_AGO),
    ],
    "pl": [
        ("Co się stało w zeszłym tygodniu?", LAST_WEEK),
        ("Kto zrezygnował trzy dni temu?", THREE_DAYS_AGO),
        ("Co się zmieniło od marca?", SINCE_MARCH),
        ("Kto wygrał 3 lipca 2022 roku?", THE_3RD),
        ("Co uchwalono w czerwcu?", LAST_MONTH),
        ("Kto zmarł w 2021 roku?", LAST_YEAR),
        ("Kto przegrał we wtorek?", "12 July 2022"),
        ("Co ogłoszono wczoraj?", YESTERDAY),
        ("Co się wydarzyło w tym tygodniu?", THIS_WEEK),
    ],
    "ru": [
        ("Что произошло на прошлой неделе?", LAST_WEEK),
        ("Кто ушёл в отставку три дня назад?", THREE_DAYS_AGO),
        ("Что изменилось с марта?", SINCE_MARCH),
        ("Что случилось на этой неделе?", THIS_WEEK),
        ("Кто победил 3 июля 2022 года?", THE_3RD),
        ("Кто умер в 2021 году?", LAST_YEAR),
        ("Что открыли в среду?", "13 July 2022"),
        ("Кого избрали в июне?", LAST_MONTH),
        ("Что решили две недели назад?", TWO_WEEKS_AGO),
    ],
    "tr": [
        ("Geçen hafta ne oldu?", LAST_WEEK),
        ("Üç gün önce kim istifa etti?", THREE_DAYS_AGO),
        ("Mart'tan beri ne değişti?", SINCE_MARCH),
        ("Bu hafta ne oldu?", THIS_WEEK),
        ("3 Temmuz 2022'de kim kazandı?", THE_3RD),
        ("2021 yılında kim öldü?", LAST_YEAR),
        ("Haziran ayında ne karar verildi?", LAST_MONTH),
        ("Dün Yalıköy'de ne oldu?", YESTERDAY),
        ("Geçen yıl kim seçildi?", LAST_YEAR),
    ],
    "ar": [
        ("ماذا حدث الأسبوع الماضي؟", LAST_WEEK),
        ("ماذا حدث هذا الأسبوع؟", THIS_WEEK),
        ("من استقال أمس؟", YESTERDAY),
        ("من استقال قبل ثلاثة أيام؟", THREE_DAYS_AGO),
        ("ما الذي تغير منذ مارس؟", SINCE_MARCH),
        ("من فاز في ٣ يوليو ٢٠٢٢؟", THE_3RD),
        ("من توفي عام 2021؟", LAST_YEAR),
        ("ماذا حدث قبل أسبوعين؟", TWO_WEEKS_AGO),
        ("من انتخب في شهر حزيران؟", LAST_MONTH),
    ],
    "hi": [
        ("पिछले हफ़्ते क्या हुआ?", LAST_WEEK),
        ("इस सप्ताह क्या हुआ?", THIS_WEEK),
        ("तीन दिन पहले किसने इस्तीफ़ा दिया?", THREE_DAYS_AGO),
        ("मार्च से क्या बदला है?", SINCE_MARCH),
        ("3 जुलाई 2022 को कौन जीता?", THE_3RD),
        ("2021 में किसकी मृत्यु हुई?", LAST_YEAR),
        ("मंगलवार को क्या हुआ?", "12 July 2022"),
        ("पिछले महीने कौन चुना गया?", LAST_MONTH),
        ("दो हफ्ते पहले क्या हुआ था?", TWO_WEEKS_AGO),
    ],
    "ur": [
        ("پچھلے ہفتے کیا ہوا؟", LAST_WEEK),
        ("اس ہفتے کیا ہوا؟", THIS_WEEK),
        ("تین دن پہلے کس نے استعفیٰ دیا؟", THREE_DAYS_AGO),
        ("مارچ سے کیا بدلا ہے؟", SINCE_MARCH),
        ("3 جولائی 2022 کو کون جیتا؟", THE_3RD),
        ("گزشتہ سال کس کا انتقال ہوا؟", LAST_YEAR),
        ("جون میں کیا فیصلہ ہوا؟", LAST_MONTH),
        ("گزشتہ ماہ کون منتخب ہوا؟", LAST_MONTH),
    ],
    "zh": [
        ("上周发生了什么？", LAST_WEEK),
        ("本周发生了什么？", THIS_WEEK),
        ("昨天谁辞职了？", YESTERDAY),
        ("三天前发生了什么？", THREE_DAYS_AGO),
        ("三月以来有什么变化？", SINCE_MARCH),
        ("2022年7月3日谁赢了？", THE_3RD),
        ("二〇二一年谁去世了？", LAST_YEAR),
        ("去年谁当选了？", LAST_YEAR),
        ("上个月通过了什么法律？", LAST_MONTH),
        ("两周前发生了什么？", TWO_WEEKS_AGO),
    ],
    "ja": [
        ("先週何が起きましたか？", LAST_WEEK),
        ("今週何がありましたか？", THIS_WEEK),
        ("三日前に誰が辞任しましたか？", THREE_DAYS_AGO),
        ("3月以来何が変わりましたか？", SINCE_MARCH),
        ("2022年7月3日に誰が勝ちましたか？", THE_3RD),
        ("昨年誰が亡くなりましたか？", LAST_YEAR),
        ("先月何が決まりましたか？", LAST_MONTH),
        ("昨日青浜市で何がありましたか？", YESTERDAY),
        ("2週間前に何が発表されましたか？", TWO_WEEKS_AGO),
    ],
    "ko": [
        ("지난주에 무슨 일이 있었나요?", LAST_WEEK),
        ("이번 주에 무슨 일이 있었나요?", THIS_WEEK),
        ("사흘 전에 누가 사임했나요?", THREE_DAYS_AGO),
        ("3월부터 무엇이 바뀌었나요?", SINCE_MARCH),
        ("2022년 7월 3일에 누가 이겼나요?", THE_3RD),
        ("작년에 누가 사망했나요?", LAST_YEAR),
        ("지난달에 무엇이 결정됐나요?", LAST_MONTH),
        ("화요일에 무슨 일이 있었나요?", "12 July 2022"),
        ("2주 전에 무엇이 발표됐나요?", TWO_WEEKS_AGO),
    ],
    "sv": [
        ("Vad hände förra veckan?", LAST_WEEK),
        ("Vem avgick för tre dagar sedan?", THREE_DAYS_AGO),
        ("Vad har ändrats sedan mars?", SINCE_MARCH),
        ("Vad hände den här veckan?", THIS_WEEK),
        ("Vem vann den 3 juli 2022?", THE_3RD),
        ("Vem dog under 2021?", LAST_YEAR),
        ("Vad hände i går?", YESTERDAY),
        ("Vem valdes förra året?", LAST_YEAR),
    ],
}
PRESENT = {
    "de": "Wer ist derzeit Bürgermeister?",
    "fr": "Qui dirige encore la banque ?",
    "es": "¿Quién dirige todavía el puerto?",
    "pt": "Quem ainda dirige o porto?",
    "it": "Chi guida attualmente il porto?",
    "nl": "Wie leidt momenteel de haven?",
    "pl": "Kto obecnie kieruje portem?",
    "ru": "Кто сейчас руководит портом?",
    "tr": "Limanı hâlâ kim yönetiyor?",
    "ar": "من يدير الميناء حاليا؟",
    "hi": "अब बंदरगाह कौन चलाता है?",
    "ur": "اب بندرگاہ کون چلاتا ہے؟",
    "zh": "目前谁管理港口？",
    "ja": "港はまだ閉鎖されていますか？",
    "ko": "현재 항구는 누가 운영하나요?",
    "sv": "Vem leder hamnen just nu?",
}
TIMELESS = {
    "de": "Wie viele Betten hat das Krankenhaus?",
    "fr": "Quel est le montant de l'amende pour les trottinettes ?",
    "es": "¿Cuánto mide el barco romano?",
    "pt": "Quem é o autor do livro?",
    "it": "Quanto è lungo il ponte?",
    "nl": "Hoeveel bedden heeft het ziekenhuis?",
    "pl": "Ile łóżek ma szpital?",
    "ru": "Сколько мест в новом театре в Заречье?",
    "tr": "Feribot seferleri neden durdu?",
    "ar": "كم كلف الجسر الجديد في الرابية؟",
    "hi": "रामगढ़ के अस्पताल में कितने बिस्तर हैं?",
    "ur": "ہسپتال میں کتنے بستر ہیں؟",
    "zh": "台风海葵造成多少人死亡？",
    "ja": "青浜市の水道料金はどれだけ値上げされますか？",
    "ko": "병원에는 병상이 몇 개 있나요?",
    "sv": "Hur många sängar har sjukhuset?",
}


@pytest.mark.parametrize(
    ("language", "question", "window"), [(name, *each) for name in QUESTIONS for each in QUESTIONS[name] + KEPT[name]]
)
def test_a_phrase_of_time_names_a_window_in_every_language(language: str, question: str, window: str) -> None:
    timing = read_timing(question, TODAY, language)
    assert (timing.strength, str(timing.window)) == (Strength.NAMED, window)


@pytest.mark.parametrize(("language", "question"), PRESENT.items())
def test_a_question_about_the_present_is_one_in_every_language(language: str, question: str) -> None:
    timing = read_timing(question, TODAY, language)
    assert (timing.strength, timing.window) == (Strength.PRESENT, None)


@pytest.mark.parametrize(("language", "question"), TIMELESS.items())
def test_a_question_without_a_time_names_none_in_any_language(language: str, question: str) -> None:
    timing = read_timing(question, TODAY, language)
    assert (timing.strength, timing.window, timing.rest) == (Strength.MILD, None, question)


@pytest.mark.parametrize(
    ("language", "text", "phrase", "day"),
    [
        (
            "de",
            "Die Brücke öffnet am Freitag, 3. Dezember 2021, wieder.",
            "Freitag, 3. Dezember 2021",
            date(2021, 12, 3),
        ),
        ("de", "Sie tritt am 20.12.2022 an.", "20.12.2022", date(2022, 12, 20)),
        ("fr", "Le maire a démissionné hier.", "hier", date(2022, 7, 13)),
        ("es", "El barco zarpó el 1 de agosto de 2022.", "1 de agosto de 2022", date(2022, 8, 1)),
        ("pt", "A greve começou anteontem.", "anteontem", date(2022, 7, 12)),
        ("ru", "Театр откроется 9 мая 2023 года.", "9 мая 2023 года", date(2023, 5, 9)),
        ("pl", "Most otwarto 3 maja 2022 r.", "3 maja 2022", date(2022, 5, 3)),
        ("ar", "افتتح الجسر في 20 ديسمبر 2022.", "20 ديسمبر 2022", date(2022, 12, 20)),
        ("hi", "अस्पताल २० दिसंबर २०२२ को खुलेगा।", "२० दिसंबर २०२२", date(2022, 12, 20)),
        ("zh", "地铁五号线将于2022年12月20日开通。", "2022年12月20日", date(2022, 12, 20)),
        ("zh", "地铁五号线将于十二月二十日开通。", "十二月二十日", date(2022, 12, 20)),
        ("ja", "水道料金は2022年10月1日から上がる。", "2022年10月1日", date(2022, 10, 1)),
        ("ko", "병원은 2022년 12월 20일 문을 연다.", "2022년 12월 20일", date(2022, 12, 20)),
        ("fi", "Silta avattiin 3.12.2021.", "3.12.2021", date(2021, 12, 3)),
    ],
)
def test_an_article_in_any_language_names_a_day(language: str, text: str, phrase: str, day: date) -> None:
    found = moments(text, TODAY, language)[0]
    assert found.text.startswith(phrase) and found.text in text
    assert found.days == {day}


@pytest.mark.parametrize(
    ("language", "text", "first", "last"),
    [
        ("de", "Das Fest war letzte Woche.", date(2022, 7, 4), date(2022, 7, 10)),
        ("fr", "Le vote aura lieu la semaine prochaine.", date(2022, 7, 18), date(2022, 7, 24)),
        ("zh", "选举将于下周举行。", date(2022, 7, 18), date(2022, 7, 24)),
        ("tr", "Seçim gelecek hafta yapılacak.", date(2022, 7, 18), date(2022, 7, 24)),
    ],
)
def test_a_week_of_an_article_is_seven_days(language: str, text: str, first: date, last: date) -> None:
    (moment,) = moments(text, TODAY, language)
    assert (min(moment.days), max(moment.days), len(moment.days)) == (first, last, 7)


def test_a_month_and_a_year_of_an_article_are_named_by_their_numbers() -> None:
    (month,) = moments("Der Streik begann im März 2021.", TODAY, "de")
    (year,) = moments("La foire a eu lieu l'année dernière.", TODAY, "fr")
    assert (month.year, month.month, month.grain, year.year, year.grain) == (2021, 3, "month", 2021, "year")


def test_a_declared_region_is_its_language_and_english_ones_read_as_english_does() -> None:
    assert str(read_timing("Was geschah letzte Woche?", TODAY, "de-AT").window) == LAST_WEEK
    assert read_timing("What happened last week?", TODAY, "en-GB") == read_timing("What happened last week?", TODAY)
    assert str(read_timing("Wer kam im Jänner 2022?", TODAY, "de-AT").window) == "1–31 January 2022"


def test_one_language_is_not_read_with_the_words_of_another() -> None:
    assert read_timing("Was hat may march 2022 last week getan?", TODAY, "de").window is None
    assert read_timing("Was geschah letzte Woche?", TODAY, "en").window is None
    assert read_timing("Mikä tapahtui last week?", TODAY, "fi").window is None
    assert str(read_timing("Mikä tapahtui 3.7.2022?", TODAY, "fi").window) == THE_3RD
    assert str(read_timing("Mikä tapahtui 2022-07-03?", TODAY, "fi").window) == THE_3RD


@pytest.mark.parametrize("language", [*QUESTIONS, "fi"])
@pytest.mark.parametrize(
    "unit", ["1", "3.", "12.1", "١", "三", "vor ", "2022 ", "seit vor zwei ", "a", "3. Mai ", "十二月"]
)
def test_a_long_and_hostile_text_is_read_to_its_end(language: str, unit: str) -> None:
    text = unit * (20_000 // len(unit))
    assert read_timing(text, TODAY, language).strength in Strength
    assert isinstance(moments(text, TODAY, language), list)


@pytest.mark.parametrize("language", list(QUESTIONS))
@pytest.mark.parametrize("today", [date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29)])
def test_no_day_is_too_odd_to_ask_on_in_any_language(language: str, today: date) -> None:
    for question, _ in QUESTIONS[language]:
        window = read_timing(question, today, language).window
        assert window is None or (window.first or date.min) <= (window.last or date.max), question
        assert isinstance(moments(question, today, language), list)


def test_an_english_question_loads_no_names_of_other_languages() -> None:
    program = (
        "import sys; from datetime import date; from assistant.text.time_window import read_timing\n"
        "read_timing('Who won last week?', date(2022, 7, 14))\n"
        "print({'babel', 'tomllib'} & set(sys.modules) or 'light')\n"
        "read_timing('Wer gewann?', date(2022, 7, 14), 'de'); print({'babel', 'tomllib'} <= set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["light", "True"]


def test_a_day_to_come_names_no_window_where_the_question_says_that_it_lies_ahead() -> None:
    assert read_timing("Was wird am 1. Juli geschehen?", TODAY, "de").window is None
    assert read_timing("Que va-t-il se passer le 20 décembre ? Le vote aura lieu ?", TODAY, "fr").window is None
    assert read_timing("12月20日将发生什么？", TODAY, "zh").window is None
    assert read_timing("Was geschieht nächste Woche?", TODAY, "de").window is None
    assert read_timing("Ne olacak yarın?", TODAY, "tr").window is None


def test_what_is_spelled_with_marks_apart_or_with_none_is_the_same_word() -> None:
    assert str(read_timing("Qui a gagne l'annee derniere ?", TODAY, "fr").window) == LAST_YEAR
    assert str(read_timing("DEĞİŞİKLİK GEÇEN HAFTA MI OLDU?", TODAY, "tr").window) == LAST_WEEK
    assert str(read_timing("पिछले हफ्ते क्या हुआ?", TODAY, "hi").window) == LAST_WEEK
    assert str(read_timing("ماذا حدث الاسبوع الماضي؟", TODAY, "ar").window) == LAST_WEEK


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "३१/१३/२०२२", "99.99.2022", "13月40日", "31. Juni 2022", "٣١/٢/٢٠٢٢"]
)
@pytest.mark.parametrize("language", ["de", "ar", "zh", "fi", "xx", "x" * 500, "[de]", "../de"])
def test_a_date_that_cannot_be_and_a_language_that_is_none_are_left_out(text: str, language: str) -> None:
    assert read_timing(text, TODAY, language).window is None
    assert not [each for each in moments(text, TODAY, language) if each.days]
