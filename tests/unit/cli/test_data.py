"""The JSON forms of ``match`` and ``same``, as docs/formats.md gives them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.commands import Pabal


def _json(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def _lines(*records: dict[str, Any]) -> str:
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records)


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
    assert same.keys() == other.keys() == {"id", "same", "score", "reason", "how"}
    assert (same["same"], other["same"]) == (True, False)
    assert same["score"] > other["score"]
    assert all(isinstance(each["reason"], str) and each["reason"] for each in (same, other))


def test_no_input_gives_no_output(pabal: Pabal) -> None:
    for command in (("match", "수출"), ("same",)):
        assert _json(pabal(*command, "--json")) == []
