"""The JSON forms of ``read``, ``match`` and ``same``, as docs/formats.md gives them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

Pabal = Callable[..., subprocess.CompletedProcess[str]]

READ_KEYS = {
    "id", "title", "subtitles", "publisher", "publishers", "published_at", "kind", "topics",
    "primary_topic", "support_fields", "embargo", "distributed_at", "byline", "contacts", "call",
    "text", "full_text",
}  # fmt: skip


def _json(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def _lines(*records: dict[str, Any]) -> str:
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records)


def test_read_answers_every_record_in_order_with_every_key(pabal: Pabal) -> None:
    given: list[dict[str, Any]] = [
        {
            "id": "b",
            "title": "수출 상담회 개최",
            "publisher": "산업통상자원부",
            "published": "2026-11-20T09:00:00+09:00",
            "text": "첫 줄\n둘째 줄",
        },
        {"id": "a", "title": "", "publisher": None, "published": None, "text": ""},
        {"id": "a", "text": "같은 번호\u0000도 그대로"},
    ]
    first, second, third = _json(pabal("read", "-", "--json", given=_lines(*given)))

    assert [each["id"] for each in (first, second, third)] == ["b", "a", "a"]
    assert all(each.keys() == READ_KEYS for each in (first, second, third))
    assert first["title"] == "수출 상담회 개최"
    assert first["publisher"] in first["publishers"]
    assert first["published_at"] == "2026-11-20T09:00:00+09:00"
    assert first["text"] == "첫 줄\n둘째 줄"
    assert (second["title"], second["publisher"], second["publishers"]) == (None, None, [])
    for later in ("kind", "embargo", "call", "primary_topic", "distributed_at", "byline"):
        assert first[later] is None
    for several in ("subtitles", "topics", "support_fields", "contacts"):
        assert first[several] == []


def test_read_answers_every_file_and_says_which_it_cannot_read(
    pabal: Pabal, tmp_path: Path
) -> None:
    files = {
        "하나.txt": "제목\n본문 첫 줄".encode(),
        "둘.txt": "옛 글자\n본문".encode("cp949"),
        "셋.html": "<html><body><h1>제목</h1><p>본문</p><script>x</script></body></html>".encode(),
        "넷.hwpx": b"PK\x03\x04...",
        "다섯.pdf": b"%PDF-1.7",
        "여섯.hwp": b"\xd0\xcf\x11\xe0....",
        "빈.txt": b"",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    read = _json(pabal("read", *(str(tmp_path / name) for name in files), "--json"))

    assert [each["source_file"] for each in read] == list(files)
    by_name = {each["source_file"]: each for each in read}
    assert by_name["하나.txt"]["title"] == "제목"
    assert by_name["하나.txt"]["text"] == "본문 첫 줄"
    assert by_name["둘.txt"]["title"] == "옛 글자"
    assert by_name["셋.html"]["title"] == "제목"
    unread = {name: each["error"] for name, each in by_name.items() if "error" in each}
    assert unread.keys() == {"넷.hwpx", "다섯.pdf", "여섯.hwp"}
    assert unread["다섯.pdf"].startswith("PDF 문서는 아직")
    assert all(each.keys() - {"source_file", "error"} == READ_KEYS for each in read)


def test_read_says_the_same_for_a_person(pabal: Pabal) -> None:
    record = {"id": "7", "title": "새 소식", "publisher": "관세청", "text": "본문"}
    assert pabal("read", "-", given=_lines(record)).stdout == "7: 새 소식 (관세청)\n"


def test_match_answers_every_record_in_order_with_offsets_into_its_text(pabal: Pabal) -> None:
    given: list[dict[str, Any]] = [
        {"id": "3", "text": "중소기업의 수출을 돕는 수출바우처"},
        {"id": "1", "title": "수출 길잡이", "text": "본문에는 없다"},
        {"id": "2", "text": "아무것도 아니다"},
        {"id": "2", "text": ""},
    ]
    found = _json(pabal("match", "수출", "-", "--json", given=_lines(*given)))

    assert [each["id"] for each in found] == ["3", "1", "2", "2"]
    assert all(each.keys() == {"id", "matched", "hits"} for each in found)
    assert [each["matched"] for each in found] == [True, True, False, False]
    text = str(given[0]["text"])
    assert [text[start:end] for start, end in found[0]["hits"]] == ["수출", "수출"]
    assert [each["hits"] for each in found[1:]] == [[], [], []]


def test_match_and_same_read_a_file_too(pabal: Pabal, tmp_path: Path) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    one.write_text(_lines({"id": 1, "text": "수출"}), "utf-8")
    two.write_text(_lines({"id": 1, "a": {"text": "글"}, "b": {"text": "글"}}), "utf-8")

    assert pabal("match", "수출", str(one)).stdout == "✓ 1  [[0, 2]]\n"
    assert pabal("same", str(two)).stdout.startswith(("= 1", "≠ 1"))


def test_same_answers_every_pair_in_order_with_a_reason(pabal: Pabal) -> None:
    doc = {"title": "수출 상담회", "publisher": "관세청", "published": None, "text": "본문 " * 40}
    given: list[dict[str, Any]] = [
        {"id": "p2", "a": doc, "b": doc},
        {"id": "p1", "a": doc, "b": doc | {"title": "다른 일", "text": "다른 글"}},
    ]
    same, other = _json(pabal("same", "-", "--json", given=_lines(*given)))

    assert (same["id"], other["id"]) == ("p2", "p1")
    assert same.keys() == other.keys() == {"id", "same", "score", "reason"}
    assert (same["same"], other["same"]) == (True, False)
    assert same["score"] > other["score"]
    assert all(isinstance(each["reason"], str) and each["reason"] for each in (same, other))


def test_no_input_gives_no_output(pabal: Pabal) -> None:
    for command in (("read", "-"), ("match", "수출"), ("same",)):
        assert _json(pabal(*command, "--json")) == []
