"""Kept aside: phrases of time that nobody looked at while the grammar was written."""

KEPT = {
    "de": [
        ("Was war im vergangenen Monat los?", "1–30 June 2022"),
        ("Wer trat gestern zurück?", "13–14 July 2022"),
        ("Was beschloss der Rat Anfang Juni 2022?", "1–10 June 2022"),
    ],
    "fr": [
        ("Que s'est-il passé hier à Saint-Brévan ?", "13–14 July 2022"),
        ("Qui a gagné avant mars 2022 ?", "until 28 February 2022"),
        ("Qui a démissionné il y a deux semaines ?", "26 June – 4 July 2022"),
    ],
    "es": [
        ("¿Quién dimitió el martes?", "12 July 2022"),
        ("¿Qué ocurrió hace dos semanas?", "26 June – 4 July 2022"),
        ("¿Qué pasó durante el mes pasado?", "1–30 June 2022"),
    ],
    "pt": [
        ("O que aconteceu em 2021?", "1 January – 31 December 2021"),
        ("O que houve há duas semanas?", "26 June – 4 July 2022"),
        ("Quem foi eleito no mês passado?", "1–30 June 2022"),
    ],
    "it": [
        ("Chi ha vinto due settimane fa?", "26 June – 4 July 2022"),
        ("Chi è morto l'anno scorso?", "1 January – 31 December 2021"),
        ("Che cosa è stato deciso martedì?", "12 July 2022"),
    ],
    "nl": [
        ("Wie werd vorig jaar gekozen?", "1 January – 31 December 2021"),
        ("Wat gebeurde er op dinsdag?", "12 July 2022"),
        ("Wat veranderde er vóór maart 2022?", "until 28 February 2022"),
    ],
    "pl": [
        ("Kto zmarł w zeszłym roku?", "1 January – 31 December 2021"),
        ("Co zdecydowano dwa tygodnie temu?", "26 June – 4 July 2022"),
        ("Kto wygrał w ubiegłym miesiącu?", "1–30 June 2022"),
    ],
    "ru": [
        ("Что случилось вчера в Заречье?", "13–14 July 2022"),
        ("Кого избрали в прошлом году?", "1 January – 31 December 2021"),
        ("Что произошло в прошлом месяце?", "1–30 June 2022"),
    ],
    "tr": [
        ("Salı günü ne oldu?", "12 July 2022"),
        ("İki hafta önce ne oldu?", "26 June – 4 July 2022"),
        ("Geçen ay kim seçildi?", "1–30 June 2022"),
    ],
    "ar": [
        ("من توفي العام الماضي؟", "1 January – 31 December 2021"),
        ("ماذا حدث يوم الثلاثاء؟", "12 July 2022"),
        ("ماذا حدث في الشهر الماضي؟", "1–30 June 2022"),
    ],
    "hi": [
        ("कल रामगढ़ में क्या हुआ?", "13–14 July 2022"),
        ("पिछले साल कौन चुना गया?", "1 January – 31 December 2021"),
        ("जून में क्या फ़ैसला हुआ?", "1–30 June 2022"),
    ],
    "ur": [
        ("دو ہفتے پہلے کیا ہوا؟", "26 June – 4 July 2022"),
        ("کل کیا ہوا؟", "13–14 July 2022"),
        ("2021 میں کون فوت ہوا؟", "1 January – 31 December 2021"),
    ],
    "zh": [
        ("上星期二谁辞职了？", "5 July 2022"),
        ("6月发生了什么？", "1–30 June 2022"),
        ("2021年以来有什么变化？", "since 1 January 2021"),
    ],
    "ja": [
        ("火曜日に何がありましたか？", "12 July 2022"),
        ("6月に何が決まりましたか？", "1–30 June 2022"),
        ("2021年に誰が亡くなりましたか？", "1 January – 31 December 2021"),
    ],
    "ko": [
        ("어제 무슨 일이 있었나요?", "13–14 July 2022"),
        ("2021년에 누가 사망했나요?", "1 January – 31 December 2021"),
        ("6월에 무엇이 결정됐나요?", "1–30 June 2022"),
    ],
    "sv": [
        ("Vad hände för två veckor sedan?", "26 June – 4 July 2022"),
        ("Vem valdes i juni?", "1–30 June 2022"),
        ("Vad hände på tisdagen?", "12 July 2022"),
    ],
}
