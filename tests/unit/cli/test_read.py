"""The JSON of ``pabal read``, as docs/formats.md gives it, and what a person sees."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.commands import Pabal

KEYS = {
    "id", "title", "subtitles", "publisher", "publishers", "ministries", "published_at",
    "published_precision", "kind", "topics", "primary_topic", "support_fields", "embargo",
    "distributed_at", "byline", "contacts", "call", "mentions", "text", "full_text",
}  # fmt: skip
OF_FILE = {"source_file", "container", "parser"}


def _json(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def _lines(*records: dict[str, Any]) -> str:
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records)


def test_every_record_is_answered_in_order_with_every_key(pabal: Pabal) -> None:
    given: list[dict[str, Any]] = [
        {
            "id": "b",
            "title": "수출 상담회 개최",
            "publisher": "산업통상자원부",
            "published": "2026-11-20T09:00:00+09:00",
            "text": "수출 상담회가 열린다.\n중소기업이 바이어와 만난다.",
        },
        {"id": "a", "title": "", "publisher": None, "published": None, "text": ""},
        {"id": "a", "text": "같은 번호\u0000도 그대로"},
    ]
    first, second, third = _json(pabal("read", "-", "--json", given=_lines(*given)))

    assert [each["id"] for each in (first, second, third)] == ["b", "a", "a"]
    assert all(each.keys() == KEYS for each in (first, second, third))
    assert (first["title"], first["kind"]) == ("수출 상담회 개최", "release")
    assert first["publisher"] in first["publishers"]
    assert first["published_at"] == "2026-11-20T09:00:00+09:00"
    assert first["text"] == given[0]["text"]
    assert {each["code"] for each in first["topics"]} >= {"export"}
    assert (second["title"], second["publisher"], second["publishers"]) == (None, None, [])


def test_every_file_is_answered_and_says_why_it_gives_no_text(pabal: Pabal, tmp_path: Path) -> None:
    page = "<h1>제목</h1><p>여기에 있는 문단은 한 줄로 끝나지 않고 두 문장이다. 이것이 둘째다.</p>"
    files = {
        "하나.txt": "제목\n본문 첫 줄".encode(),
        "둘.hwpx": "옛 글자\n본문이다".encode("cp949"),
        "셋.html": page.encode(),
        "넷.hwpx": b"PK\x03\x04...",
        "다섯.pdf": b"%PDF-1.7",
        "여섯.hwp": b"\xd0\xcf\x11\xe0....",
        "일곱.png": b"\x89PNG\r\n\x1a\n....",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    read = _json(pabal("read", *(str(tmp_path / name) for name in files), "--json"))

    assert [each["source_file"] for each in read] == list(files)
    by_name = {each["source_file"]: each for each in read}
    assert "본문 첫 줄" in by_name["하나.txt"]["full_text"]
    assert (by_name["둘.hwpx"]["container"], by_name["셋.html"]["container"]) == ("text", "html")
    assert "본문이다" in by_name["둘.hwpx"]["full_text"]
    unread = {
        name: each["error"].split(":")[0] for name, each in by_name.items() if "error" in each
    }
    assert unread == {
        "넷.hwpx": "broken",
        "다섯.pdf": "broken",
        "여섯.hwp": "unsupported",
        "일곱.png": "unsupported",
    }
    assert all(each.keys() == KEYS | OF_FILE for each in read if "error" not in each)
    assert by_name["일곱.png"].keys() == KEYS | {"source_file", "error"}
    assert (by_name["일곱.png"]["kind"], by_name["일곱.png"]["topics"]) == (None, [])


def test_a_person_is_shown_the_same(pabal: Pabal) -> None:
    record = {"id": "7", "title": "새 소식", "publisher": "관세청", "text": "본문이다."}
    shown = pabal("read", "-", given=_lines(record)).stdout

    assert "새 소식" in shown
    assert "관세청" in shown
    assert "본문이다." in shown


def test_a_file_that_is_not_there_is_named_before_anything_is_read(pabal: Pabal) -> None:
    done = pabal("read", "없는파일.hwpx", "--json")

    assert (done.returncode, done.stdout) == (2, "")
    assert "없는파일.hwpx: 파일이 없습니다" in done.stderr


def test_a_file_that_cannot_be_opened_stops_no_other(pabal: Pabal, tmp_path: Path) -> None:
    (tmp_path / "글.txt").write_text("제목\n본문 첫 줄", "utf-8")
    unread, read = _json(pabal("read", "/proc/self/mem", str(tmp_path / "글.txt"), "--json"))

    assert unread["error"].startswith("refused: ")
    assert "본문 첫 줄" in read["full_text"]


def test_a_time_that_is_none_is_named_with_its_record(pabal: Pabal) -> None:
    done = pabal("read", "-", given=_lines({"id": "9", "text": "글", "published": "어제"}))

    assert done.returncode == 2
    assert "id 9: published" in done.stderr


def test_an_address_that_does_not_answer_is_an_error_of_its_own(pabal: Pabal) -> None:
    (read,) = _json(pabal("read", "http://127.0.0.1:1/자료.hwpx", "--json"))

    assert read["error"]
    assert read["text"] == ""
