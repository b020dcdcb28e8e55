from __future__ import annotations

import csv
import json
import os
import random
import re
from pathlib import Path

import pytest

from ingest.documents import Document, Format, Found, Pasted, Record, Rejection, Source, Upload
from ingest.sources import expected, read
from ingest.web.politeness import Web


def found(source: Source) -> list[Found]:
    return list(read(source, Web()))


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def reasons(source: Source) -> list[str]:
    return [f"{each.name}: {each.reason}" for each in found(source) if isinstance(each, Rejection)]


def texts(source: Source) -> list[object]:
    return [each.fields["text"] for each in found(source) if isinstance(each, Record)]


class TestFiles:
    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("a.txt", Format.TEXT),
            ("a.md", Format.MARKDOWN),
            ("a.html", Format.HTML),
            ("a.htm", Format.HTML),
            ("A.TXT", Format.TEXT),
        ],
    )
    def test_the_suffix_says_how_a_file_is_written(self, tmp_path: Path, name: str, kind: Format) -> None:
        path = written(tmp_path, name, "They voted.")
        assert found(path) == [Document(str(path), str(path), kind, b"They voted.")]

    def test_a_relative_path_is_the_same_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = written(tmp_path, "a.txt", "They voted.")
        monkeypatch.chdir(tmp_path)
        (relative,) = found("./x/../a.txt") if (tmp_path / "x").mkdir() is None else []
        assert isinstance(relative, Document) and relative.identity == str(path)

    def test_an_upload_is_known_by_its_name_and_not_its_path(self, tmp_path: Path) -> None:
        path = written(tmp_path, "upload-73f.tmp", "They voted.")
        assert found(Upload(path, "story.txt")) == [Document("story.txt", "story.txt", Format.TEXT, b"They voted.")]

    def test_pasted_text_is_a_row_without_identity(self) -> None:
        (record,) = found(Pasted("They voted.", outlet="Bugle"))
        assert isinstance(record, Record) and (record.name, record.identity) == ("pasted text", "")
        assert (record.fields["text"], record.fields["outlet"]) == ("They voted.", "Bugle")

    @pytest.mark.parametrize(
        ("name", "content", "reason"),
        [
            ("a.txt", b"", "empty"),
            ("a.jsonl", b"", "empty"),
            ("a.jsonl", b"\n\n", "no article"),
            ("a.json", b"[]", "no article"),
            ("a.csv", b"id,text\n", "no article"),
            ("a.doc", b"PK", r"\.doc cannot be read; use one of \.txt"),
            ("a.docx", b"PK", "damaged"),
            ("noname", b"x", "without a suffix"),
            ("a.txt", b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MB"),
            ("a.json", b"{", "not JSON"),
            ("a.json", b"3", "not an article"),
            ("a.json", b"[" * 100_000, "nested too deeply"),
            ("a.json", b'{"text": ' + b"9" * 5000 + b"}", "number too long"),
            ("a.json", b"\0\1\2", "binary"),
            ("a.jsonl", b"\0\1\2\n" * 9, "binary"),
            ("a.csv", b"\0\1\2\n" * 9, "binary"),
            (
                "a.csv",
                b"id,title\n1,2\n",
                r'no "text" and no "url" \(it has: id, title\); name the one with the article',
            ),
            ("a.csv", b"\n1,2\n", r'no "text" and no "url" \(it has: nothing\)'),
            ("a.json", b'{"id": 1, "heading": "x"}', r'no "text" and no "url" \(it has: id, heading\)'),
        ],
    )
    def test_what_cannot_be_read_is_rejected_with_the_reason(
        self, tmp_path: Path, name: str, content: bytes, reason: str
    ) -> None:
        (rejection,) = found(written(tmp_path, name, content))
        assert isinstance(rejection, Rejection) and rejection.name == str(tmp_path / name)
        assert re.search(reason, rejection.reason), rejection.reason

    @pytest.mark.parametrize("name", ["missing.txt", "example.com/story", "a\0b.txt", "x" * 5000, "~nobody-here/a.txt"])
    def test_a_path_that_leads_nowhere_is_rejected(self, name: str) -> None:
        (rejection,) = found(name)
        assert isinstance(rejection, Rejection) and rejection.reason

    def test_a_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "a.txt")
        assert reasons(tmp_path / "a.txt") == [f"{tmp_path / 'a.txt'}: is not a file"]

    def test_a_link_to_itself_is_rejected(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").symlink_to(tmp_path / "a.txt")
        assert "cannot be read" in reasons(tmp_path / "a.txt")[0]

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_a_file_that_may_not_be_read_says_so(self, tmp_path: Path) -> None:
        path = written(tmp_path, "a.txt", "They voted.")
        path.chmod(0)
        assert "permission denied" in reasons(path)[0]

    def test_a_name_that_is_not_unicode_can_be_told(self, tmp_path: Path) -> None:
        raw = os.fsencode(tmp_path) + b"/caf\xe9.txt"
        Path(os.fsdecode(raw)).write_bytes(b"They voted.")
        (document,) = found(tmp_path)
        assert isinstance(document, Document) and document.name.encode()


class TestFolders:
    def test_a_folder_is_read_in_order_without_what_is_hidden_and_names_what_is_unknown(self, tmp_path: Path) -> None:
        for name in ("b.txt", "a/z.md", "a/b/c.html", "a/photo.jpg", "notes", ".hidden.txt", ".git/a.txt"):
            written(tmp_path, name, "They voted.")
        *read, left_out = found(str(tmp_path))
        assert [each.name for each in read] == [str(tmp_path / name) for name in ("b.txt", "a/z.md", "a/b/c.html")]
        assert isinstance(left_out, Rejection) and left_out.name == str(tmp_path)
        assert left_out.reason.startswith("left out a/photo.jpg, notes: only .txt .md")

    def test_the_names_of_many_files_left_out_stay_one_line(self, tmp_path: Path) -> None:
        for number in range(40):
            written(tmp_path, f"{number:02}.png", "x")
        written(tmp_path, "a.txt", "They voted.")
        assert "06.png, 07.png and 32 more: only" in reasons(tmp_path)[0]

    def test_the_parts_of_a_saved_page_are_no_pages_of_their_own(self, tmp_path: Path) -> None:
        for name in ("Ferry.html", "Ferry_files/frame.html", "Ferry_files/a.css", "Ferry-Dateien/ad.html"):
            written(tmp_path, name, "They voted.")
        written(tmp_path, "Ferries/a.txt", "They voted.")
        assert [each.name for each in found(tmp_path)] == [
            str(tmp_path / "Ferry.html"),
            str(tmp_path / "Ferries/a.txt"),
        ]

    def test_one_bad_file_does_not_cost_the_others(self, tmp_path: Path) -> None:
        written(tmp_path, "a.txt", "")
        written(tmp_path, "b.txt", "They voted.")
        assert [type(each) for each in found(tmp_path)] == [Rejection, Document]

    def test_a_folder_with_nothing_to_read_says_so(self, tmp_path: Path) -> None:
        written(tmp_path, "photo.jpg", "x")
        assert "holds nothing that can be read (.txt" in reasons(tmp_path)[0]


class TestJson:
    @pytest.mark.parametrize(
        "content", [{"text": "a"}, [{"text": "a"}], {"articles": [{"text": "a"}]}], ids=["one", "list", "articles"]
    )
    def test_all_its_shapes_are_read(self, tmp_path: Path, content: object) -> None:
        assert texts(written(tmp_path, "a.json", json.dumps(content))) == ["a"]

    def test_a_bad_item_is_named_by_its_place(self, tmp_path: Path) -> None:
        path = written(tmp_path, "a.json", '[{"text": "a"}, "b", {"text": "c"}]')
        assert texts(path) == ["a", "c"]
        assert reasons(path) == [f'{path} item 2: is not an article; it must be an object with a field "text"']


class TestJsonl:
    def test_a_malformed_line_is_rejected_with_its_number_and_the_rest_goes_in(self, tmp_path: Path) -> None:
        lines = ['{"text": "a"}', "", "{oops", '{"text": "d"}', "[1]", "null", '{"text": "g"}']
        path = written(tmp_path, "a.jsonl", "\n".join(lines))
        assert texts(path) == ["a", "d", "g"]
        assert [reason.split(":")[0] for reason in reasons(path)] == [f"{path} line {n}" for n in (3, 5, 6)]
        assert [each.name for each in found(path) if isinstance(each, Record)][-1] == f"{path} line 7"

    def test_a_line_that_is_not_text_is_rejected_alone(self, tmp_path: Path) -> None:
        path = written(tmp_path, "a.jsonl", b'{"text": "a"}' + b" " * 9000 + b"\n\0\1\2\n" + b'{"text": "c"}\n')
        assert texts(path) == ["a", "c"]
        assert "line 2: is not text but binary" in reasons(path)[0]

    def test_a_line_of_more_than_10_mb_is_rejected_alone(self, tmp_path: Path) -> None:
        huge = '{"text": "' + "x" * (25 * 1024 * 1024) + '"}'
        path = written(tmp_path, "a.jsonl", f'{{"text": "a"}}\n{huge}\n{{"text": "c"}}')
        assert texts(path) == ["a", "c"]
        assert "line 2: is longer than 10 MB" in reasons(path)[0]

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
    def test_other_encodings_are_read(self, tmp_path: Path, encoding: str) -> None:
        content = '{"text": "café “one”"}\n{"text": "café “two”"}\n'
        assert texts(written(tmp_path, "a.jsonl", content.encode(encoding))) == ["café “one”", "café “two”"]


class TestCsv:
    def test_rows_are_named_by_the_line_they_begin_on(self, tmp_path: Path) -> None:
        content = 'ID,Text,Source\r\n1,"two\nlines",Bugle\r\n\r\n2,"b, c",Wire\r\n3,d,e,f\r\n4,last\r\n'
        path = written(tmp_path, "a.csv", content)
        rows = [each for each in found(path) if isinstance(each, Record)]
        assert [(row.name.rpartition(" ")[2], row.fields["text"]) for row in rows] == [
            ("2", "two\nlines"),
            ("5", "b, c"),
            ("7", "last"),
        ]
        assert rows[0].fields["source"] == "Bugle"
        assert reasons(path) == [
            f"{path} line 6: has 4 fields where the first line names 3; put texts with commas in quotes"
        ]

    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_what_spreadsheets_write_is_read(self, tmp_path: Path, delimiter: str) -> None:
        path = tmp_path / "a.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream, delimiter=delimiter).writerows([["id", "text"], ["1", "a, b; c\td"]])
        assert texts(path) == ["a, b; c\td"]

    def test_a_big_field_is_read(self, tmp_path: Path) -> None:
        assert texts(written(tmp_path, "a.csv", "text\n" + "word " * 100_000)) == ["word " * 100_000]

    def test_a_quotation_mark_that_never_closes_ends_with_the_file(self, tmp_path: Path) -> None:
        path = written(tmp_path, "a.csv", 'id,text\n1,a\n2,"b\n' + "3,c\n" * 100)
        assert texts(path)[0] == "a" and len(found(path)) == 2

    def test_a_row_that_is_not_text_is_rejected_alone(self, tmp_path: Path) -> None:
        path = written(tmp_path, "a.csv", b"text\n" + b"a" * 9000 + b"\n\0\1\2\nc\n")
        assert texts(path) == ["a" * 9000, "c"]
        assert "line 3: is not text but binary" in reasons(path)[0]

    def test_a_row_too_big_to_be_an_article_is_rejected_alone(self, tmp_path: Path) -> None:
        path = written(tmp_path, "a.csv", 'id,text\n1,"' + ("x" * 1_000_000 + "\n") * 12 + '"\n2,b\n')
        assert any("is not CSV" in reason for reason in reasons(path))


class TestExpectation:
    def test_documents_are_counted_where_that_is_cheap(self, tmp_path: Path) -> None:
        written(tmp_path, "a.txt", "x")
        written(tmp_path, "b/c.jsonl", "{}\n{}\n{}")
        assert expected([tmp_path, Pasted("x"), "https://example.com/a", str(tmp_path / "missing.txt")]) == 7

    def test_a_table_is_not_counted(self, tmp_path: Path) -> None:
        assert expected([written(tmp_path, "a.csv", "text\na"), tmp_path / "b.txt"]) is None
        assert expected([tmp_path]) is None


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".htm", ".json", ".jsonl", ".csv"])
def test_random_bytes_never_raise(tmp_path: Path, suffix: str) -> None:
    content = random.Random(suffix).randbytes(200_000)
    assert found(written(tmp_path, "a" + suffix, content))
