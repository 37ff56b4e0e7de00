"""CONTRIBUTING followed to the letter in a copy: a topic is one table, labels, and training."""

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.judging.taxonomy import subjects, taxonomies
from service.judging.topics import KINDS
from tests.copies import ROOT, run

DECLARED = Path("service/judging/topics.toml")
TABLE = """
[[topic]]
code = "space"
name = "우주·항공"
english = "Space and aviation"
called = ["우주", "항공"]
words = "우주 위성 발사체 누리호 우주항공청 인공위성 탐사선 관측위성 발사대 우주센터"
"""
SHOW = """
from service.judging.rules import canonical, parse
from service.web.api.asked import TopicId
from service.web.reading.asked import topics
from pydantic import TypeAdapter

print(canonical(parse("분야:우주")), topics("ko")["space"], topics("en")["space"])
print("space" in TypeAdapter(TopicId).json_schema()["enum"])
"""
JUDGE = """
from service.judging.topics import Topics

text = "위성을 실은 발사체가 우주센터에서 날아올랐다."
print(Topics.load().judge("누리호 발사", text, None).primary)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project with a table more; what training makes is a copy, all else where it was."""
    for folder in (Path("service"), Path("service/judging")):
        (tmp_path / folder).mkdir()
        for each in (ROOT / folder).iterdir():
            if each.name not in {"judging", "topics.npz", DECLARED.name}:
                (tmp_path / folder / each.name).symlink_to(each)
    shutil.copy(ROOT / "service/judging/topics.npz", tmp_path / "service/judging")
    topics, field, fields = (ROOT / DECLARED).read_text("utf-8").partition("\n[[field]]")
    (tmp_path / DECLARED).write_text(topics + TABLE + field + fields, "utf-8")
    (tmp_path / ".ci").mkdir()
    for name in ("train_topics.py", "topic_basis.py", "notices.py"):
        shutil.copy(ROOT / ".ci" / name, tmp_path / ".ci")
    return tmp_path


def releases() -> Iterator[dict[str, Any]]:
    """Invented ones, six of every topic, made of its words."""
    words = taxonomies()[0] | {"space": TABLE.rpartition("= ")[2].strip('"\n').split()}
    for number in range(6):
        for code, said in words.items():
            text = " ".join(said[number::6][:12])
            gold = {"topics": [code], "kind": KINDS[number]}
            yield {"title": f"{said[number]} {code}", "text": text, "ministry": "", "gold": gold}


def notices() -> Iterator[dict[str, str]]:
    for number in range(3):
        for field, said in taxonomies()[1].items():
            yield {
                "pblancNm": said[number],
                "bsnsSumryCn": " ".join(said[number::3][:12]),
                "pldirSportRealmLclasCodeNm": field,
            }


def labelled(project: Path) -> Path:
    """The folder that training is given, and labels of our own: none."""
    data = project / "data"
    for folder in ("topics", "same_story", "stream", "calls"):
        (data / folder).mkdir(parents=True)
    for name, rows in (("train", releases()), ("bizinfo_2021", notices())):
        text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in rows)
        (data / f"topics/{name}.jsonl").write_text(text, "utf-8")
    for name in ("same_story/docs", "calls/notices_2026"):
        (data / f"{name}.jsonl.gz").write_bytes(gzip.compress(b""))
    for name in ("topic_labels", "field_labels"):
        (project / f".ci/{name}.tsv").write_text("id\n", "utf-8")
    return data


def test_rules_pages_and_api_know_a_topic_by_its_table_alone(project: Path) -> None:
    said = run(project, "-c", SHOW)

    assert said.returncode == 0, said.stderr
    assert said.stdout.splitlines() == ["topic:space 우주·항공 Space and aviation", "True"]
    assert "space" not in subjects()


def test_a_topic_that_nothing_was_learnt_of_stops_the_start_until_it_is_trained(
    project: Path,
) -> None:
    untrained = run(project, "-c", JUDGE)
    assert untrained.returncode == 1
    assert "topics.toml ≠ topics.npz: space. " in untrained.stderr
    assert "`make train`" in untrained.stderr

    trained = run(project, ".ci/train_topics.py", str(labelled(project)))
    assert trained.returncode == 0, trained.stderr
    assert run(project, "-c", JUDGE).stdout == "space\n"
