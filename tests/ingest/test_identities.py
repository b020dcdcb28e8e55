from __future__ import annotations

import pytest

from ingest.identity import article_id, canonical_url, file_id, host_name, pasted_id, web_address

STORY = "https://example.com/2022/story"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/2022/story",
        "HTTPS://Example.COM/2022/story",
        "https://example.com/2022/story/",
        "https://example.com:443/2022/story",
        "http://example.com:80/2022/story",
        "https://example.com./2022/story",
        "https://example.com/2022/story#comments",
        "https://example.com/2022/story?utm_source=feed&utm_medium=rss",
        "https://example.com/2022/story?fbclid=x&gclid=y&mc_cid=z",
        " https://example.com/2022/story ",
    ],
)
def test_spellings_of_one_address_are_one(url: str) -> None:
    assert canonical_url(url) == STORY


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/2022/Story",
        "https://example.com/2022/story?id=2",
        "https://example.com:8080/2022/story",
        "https://other.example.com/2022/story",
    ],
)
def test_different_addresses_stay_different(url: str) -> None:
    assert canonical_url(url) != STORY


def test_a_query_that_names_the_article_is_kept() -> None:
    assert canonical_url("https://example.com/?id=7&utm_source=x&empty=") == "https://example.com?id=7&empty="


@pytest.mark.parametrize(
    "url",
    ["", "javascript:alert(1)", "data:text/html,x", "ftp://example.com/a", "file:///etc/passwd", "//example.com/a"]
    + ["https://", "http://[::1", "https://example.com:99999/", "https://example.com/a b", 'https://example.com/"><b>']
    + ["https://evil.example\\@example.com/a", "https://evil.example\\.example.com/a"],
)
def test_only_addresses_of_the_web_are_kept(url: str) -> None:
    assert web_address(url) == ""


def test_an_address_of_the_web_is_kept_as_given() -> None:
    assert web_address(" https://Example.com/A?b#c ") == "https://Example.com/A?b#c"


def test_a_host_is_named_without_www() -> None:
    assert host_name("https://www.example.com:8080/a") == "example.com"


def test_the_id_given_comes_first_then_the_address_then_the_rest() -> None:
    assert article_id("given", STORY, "f_1") == "given"
    assert article_id("", STORY, "f_1") == article_id("", STORY + "/?utm_id=3", "f_2")
    assert article_id("", STORY, "f_1").startswith("u_") and len(article_id("", STORY, "f_1")) == 18
    assert article_id("", "", "f_1") == "f_1"


def test_ids_of_files_and_of_pasted_text_say_so() -> None:
    assert file_id("/a").startswith("f_") and file_id("/a") != file_id("/b")
    assert pasted_id("a  b\n") == pasted_id("a b") and pasted_id("a b").startswith("p_")
