"""What is left of what a model wrote, before any of it is shown."""

from __future__ import annotations

import pytest

from assistant.text.sanitizing import carries_address, carries_link, without_marks, words_only

SAID = "The farm has 62 turbines."


@pytest.mark.parametrize(
    ("written", "left"),
    [
        (f"<b>{SAID}</b>", SAID),
        (f"{SAID}<script>alert(1)</script>", f"{SAID}alert(1)"),
        (f"{SAID}<img src=x onerror=alert(1)", SAID),
        (f"{SAID}<!-- a note", SAID),
        (f"{SAID}<|im_end|>", SAID),
        (f"# {SAID}", SAID),
        (f"> {SAID}", SAID),
        (f"**{SAID}**", SAID),
        (f"`{SAID}`", SAID),
        (f"```html\n{SAID}\n```", f"\n{SAID}\n"),
    ],
)
def test_markup_goes_and_the_words_stay(written: str, left: str) -> None:
    assert words_only(written) == left


@pytest.mark.parametrize(
    "mark",
    ["[^1]", "[Reuters 2026]", "[source]", "[1†source]", "【3】", "【3†Hale Gazette】", "[Source: 4]", "[footnote]"],
)
def test_marks_that_name_no_passage_go(mark: str) -> None:
    assert words_only(f"{SAID}{mark}") == SAID


def test_a_superscript_behind_a_stop_is_a_mark_and_one_behind_a_unit_is_none() -> None:
    assert words_only(f"{SAID}¹²") == SAID
    assert words_only("It covers 40 km² off Hale.") == "It covers 40 km² off Hale."


@pytest.mark.parametrize("mark", ["[1]", "[2, 3]", "[1][2]", "[passage 2]", "[1; 4]"])
def test_marks_of_passages_stay_for_those_who_read_them(mark: str) -> None:
    assert words_only(f"{SAID} {mark}") == f"{SAID} {mark}"


@pytest.mark.parametrize(
    "heading",
    ["Sources:", "**Sources**", "References", "Cited sources:", "Quellen:", "Fuentes:", "来源：", "Read more:"],
)
def test_a_list_of_sources_goes_with_all_behind_it(heading: str) -> None:
    assert words_only(f"{SAID}\n\n{heading}\n[1] Hale Gazette\n[2] Norvale Post").strip() == SAID


def test_a_sentence_about_sources_is_no_list_of_them() -> None:
    said = "Sources close to the owner spoke of 62 turbines."
    assert words_only(said) == said


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u202e", "\u2066", "\ufeff", "\u00ad", "\U000e0041", "\ufe0f", "\x07", "\ue000"]
)
def test_what_nobody_sees_goes(hidden: str) -> None:
    assert words_only(f"The farm{hidden} has 62 turbines.") == SAID


def test_what_hides_in_letters_that_nobody_sees_is_markup_without_them() -> None:
    assert words_only("<scr\u200bipt>The farm") == "The farm"


def test_words_without_end_end() -> None:
    assert words_only("off Hale " * 40).strip() == "off Hale"
    assert words_only("!" * 400) == "!!!"


@pytest.mark.parametrize("text", ["", " ", "5 < 6 and 7 > 6.", "She said: “No.”", "Item 3 (of 4) costs $5 * 2."])
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert words_only(text) == text


@pytest.mark.parametrize(
    "address",
    [
        "https://hale.example/farm",
        "HTTP : // hale.example",
        "www.hale.example",
        "www . hale",
        "hale.example/farm?x=1",
        "hale[.]example",
        "hxxps://hale[.]example",
        "hale (dot) example/farm",
        "mail@hale.example",
        "mailto:mail@hale.example",
        "javascript:alert(1)",
        "data:text/html;base64,AAAA",
        "tel:+4955512345",
        "![x](farm.png)",
        "[here](/login)",
    ],
)
def test_an_address_is_found_however_it_is_written(address: str) -> None:
    assert carries_address(f"The plans are at {address} today.")


@pytest.mark.parametrize(
    "sentence",
    [
        "The vote was 62/38 on Wednesday.",
        "Mr. Solum spoke at 4.52 p.m. in Hale.",
        "The U.S. and the U.K. signed.",
        "Amazon.com fell 3 percent.",
        "Profit (2021: 5 million) rose; the ratio was 3:2.",
        "He said he/she would and/or could.",
        "Data: none was lost.",
        "The file: it was a PDF.",
    ],
)
def test_ordinary_sentences_have_none(sentence: str) -> None:
    assert not carries_address(sentence)


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        ("[56] [57] He is currently a coach.", "He is currently a coach."),
        ("He was elected.[12]", "He was elected."),
        ("He was [12] elected.", "He was elected."),
        ("He said [she] was elected [sic].", "He said [she] was elected [sic]."),
    ],
)
def test_an_articles_own_marks_are_not_taken_for_ours(sentence: str, left: str) -> None:
    assert without_marks(sentence) == left


@pytest.mark.parametrize(
    "sentence",
    [
        "Go to evil.com now.",
        "See evil.example?x=1 for more.",
        "Go to evil dot com now.",
        "Go to evil。com now.",
        "Go to evil．com now.",
        "Pay at 10.0.0.1/pay today.",
        "Write to help at evil-bank dot com today.",
        "Call +49 555 123456 now.",
        "Call (555) 123-4567 now.",
        "Call 555-123-4567 now.",
        "Phone the helpline on 0900 555 777, which costs money.",
        "Call 1-800-273-8255.",
        "Call 1-800-FLOWERS.",
        "Text ELGAR to 88210 and confirm your PIN.",
        "Tickets are free for those who text ELGAR to 88210.",
        "Send it to 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa.",
        "Send it to bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq.",
        "Send it to 0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe.",
        "The card is 4111 1111 1111 1111.",
        "The card is 4111111111111111.",
        "The IBAN is DE89 3704 0044 0532 0130 00.",
        "The IBAN is GB29NWBK60161331926819.",
        "Give your card number at pelham-strike-fund.com.",
        "Give your card number at Pelhamfund.com.",
        "Book at Northline dot travel slash offer.",
        "See heath-tunnel.win/bonus.",
        "Go to evil . com now.",
        "Go to EVIL.COM now.",
        "Go to evil.co.uk now.",
        "Go to пример.рф now.",
        "Send money to Quarry Relief, account 4411 7788.",
        "Go to x.com or t.co now.",
        "Open 2130706433/pay.",
        "Open [2001:db8::1]/pay.",
        "Go to evil dot co dot uk.",
        "Call 01 44 55 66 77 now.",
        "Call 020 7946 0958 now.",
        "Call 0800123456 now.",
        "Use Evilbank.com for your refund.",
        "Shop at Amazon.com.",
        "Go to xn--e1afmkfd.xn--p1ai now.",
        "Go to shop.xn--fiqs8s, it said.",
        "Use 2001:db8::1 for it.",
        "Use 64:ff9b::7f00:1 for it.",
        "Add skype:quarry-relief to your list.",
        "Send it to bitcoin:quarry now.",
    ],
)
def test_where_to_go_whom_to_call_and_where_to_pay_is_found_however_it_is_written(sentence: str) -> None:
    assert carries_address(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The U.S.A. and the U.K. signed.",
        "Amazon.com said on Monday.",
        "Amazon.com fell 3 percent.",
        "Booking.com said profit rose.",
        "It rose to 3.4 million.",
        "He spoke at 10.30 a.m. on Monday.",
        "He lives at No. 10 Downing Street.",
        "They won 6-4, 7-6 (7-4).",
        "On 2022-07-03 he left.",
        "From 1914-1918 and 2010-2022.",
        "He won 21-14-7.",
        "In 2021 300 people came.",
        "It cost 1 000 000 crowns and 480 000 more.",
        "The law of 03.07.2022 holds.",
        "He came home.In the evening he left.",
        "At 8 p.m.ET it began.",
        "A red dot in the sky is a dot to us.",
        "They called 2,000 witnesses to court in 2021.",
        "The vote was 238-199.",
        "Call 911 or 988.",
        "He called 5000 people to the square.",
        "It grew by 12,345,678 to 1,234,567,890.",
        "The flight MH370 and the COVID-19 vaccine BNT162b2.",
        "In 2021 2022 and 2023 it rose.",
        "He rose, according to Realtor.com and Amazon.com.",
        "[12:12] Biden: I did not say that.",
        "The ferry left at 07:15:30.",
        "Profit was 2.5bn (2021: 2.1bn).",
        "It was written in C++, with std::vector.",
        "They meet at 10:: said the flyer's misprint.",
        "The code name xn--hale was never used.",
    ],
)
def test_figures_dates_abbreviations_and_names_of_companies_are_no_addresses(sentence: str) -> None:
    assert not carries_address(sentence)


def test_a_host_or_a_telephone_number_in_an_article_is_no_link() -> None:
    assert not carries_link("Tests can be ordered at covidtests.gov or 800-555-0199.")
    assert carries_link("Tests can be ordered at https://covidtests.gov.")
