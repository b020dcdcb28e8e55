"""How much text counts as an article, in scripts with and without spaces between words."""

from __future__ import annotations

import pytest

from ingest.formats.letters import read_letter
from ingest.pages.body import without_appeals
from ingest.pages.headline import headline
from ingest.pages.html import read_page
from ingest.text import headline_of, word_count
from vectorstore.errors import RejectedDocument

BRIEFS = {
    "Chinese": "新河市议会周一批准了新电车线路的建设。市长李明说，工程将于明年三月开始，造价约四亿二千万元。"
    "政府此前反对这笔开支，认为公共汽车已经足够。"
    "不少居民表示支持，也有商户担心施工期间客人减少。下一次听证会定于周五上午举行，届时将公布线路图。",
    "Japanese": "新川市議会は月曜日、新しい路面電車の建設を承認した。田中市長によると、"
    "工事は来年三月に始まり、費用は約四億円に上る。政府はこの支出に反対していた。"
    "住民の多くは歓迎しているが、工事中の客足を心配する商店主もいる。",
    "Thai": "สภาเมืองแม่น้ำใหม่อนุมัติการก่อสร้างรถรางสายใหม่เมื่อวันจันทร์ นายกเทศมนตรีกล่าวว่างานจะเริ่มในเดือนมีนาคมปีหน้า"
    " และใช้งบประมาณราวสี่ร้อยล้านบาท ชาวบ้านจำนวนมากสนับสนุนโครงการนี้ แต่พ่อค้าบางคนกังวลว่าลูกค้าจะลดลง",
}
TEASERS = {
    "Chinese": "新河市议会周一批准了新电车线路的建设，登录后阅读全文。",
    "Japanese": "新川市議会は月曜日、新しい路面電車の建設を承認した。",
    "Thai": "สภาเมืองอนุมัติการก่อสร้างรถรางสายใหม่เมื่อวันจันทร์",
    "English": "The council approved the new tram on Monday. Sign in to read the whole of it.",
}


def page(text: str) -> bytes:
    title = "<h1>新电车 รถราง Tram</h1>"
    body = f"<html><head><title>T</title></head><body><article>{title}<p>{text}</p></article></body></html>"
    return body.encode()


@pytest.mark.parametrize("brief", BRIEFS.values(), ids=BRIEFS)
def test_a_brief_without_spaces_is_an_article(brief: str) -> None:
    assert brief[:30] in str(read_page(page(brief), "", "utf-8")["text"])
    mail = f"Subject: News\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{brief}".encode()
    assert brief[:30] in str(read_letter(mail)["text"])


@pytest.mark.parametrize("teaser", TEASERS.values(), ids=TEASERS)
def test_a_teaser_is_too_short_in_every_script(teaser: str) -> None:
    with pytest.raises(RejectedDocument, match=r"only \d+ words"):
        read_page(page(teaser), "", "utf-8")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("One two three.", 3),
        ("x" * 80, 10),
        ("新河市议会", 3),
        ("新河市 council 批准", 4),
        ("시의회는 새 전차를 승인했다", 4),
        ("สภาเมือง", 2),
        ("\u3000 \u3000", 0),
    ],
)
def test_words_are_counted_by_script(text: str, words: int) -> None:
    assert word_count(text) == words


def test_a_long_paragraph_without_spaces_is_no_appeal() -> None:
    paragraph = BRIEFS["Chinese"] + "该报还发行 newsletter，读者可以 subscribe 免费订阅。"
    assert without_appeals(paragraph, "") == paragraph
    assert without_appeals("Subscribe to our newsletter", "") == ""


def test_a_long_title_is_parted_from_the_name_of_its_site_without_spaces() -> None:
    assert headline([], "新河市议会周一批准新电车线路 - 新河日报", [], []) == "新河市议会周一批准新电车线路"
    assert headline([], "体育 - 新河日报", [], []) == "体育 - 新河日报"


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("新桥通车了。昨天很热闹。\n今天下雨。", "", "新桥通车了。"),
        ("Am 3. Dezember kommt Dr. Voss. Dann geht er.", "de", "Am 3. Dezember kommt Dr. Voss."),
        ("पुल खुल गया। सब खुश हैं।\nबाद में बारिश हुई।", "hi", "पुल खुल गया।"),
        ("新桥通车\n昨天很热闹。", "zh", "新桥通车"),
    ],
)
def test_a_headline_is_made_of_the_first_sentence_of_any_script(text: str, language: str, expected: str) -> None:
    assert headline_of(text, language) == expected
