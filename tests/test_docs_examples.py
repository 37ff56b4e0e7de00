"""What the documents print works: command lines, rules, messages, declarations."""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import WebhookVerificationError
from yarl import URL

from notifier.channels.webhook import Webhooks, new_secret
from notifier.egress import Reply
from notifier.model import Alert, ChannelOptions, Hit, Message
from notifier.posting import Poster
from scrapers import own
from scrapers.platforms.article import ArticleLayout
from service.demo import replay
from service.judging.facts import of_record
from service.judging.matcher import Matcher
from service.judging.morphemes import Morphology
from service.judging.names import spellings
from service.judging.rules import RuleError, parse, warnings
from service.model import Reading
from service.reading.publishers import Registry
from service.reading.record import plain
from tests.printed import COMMAND, README, TEXTS, rows, section


def printed(page: str) -> list[list[str]]:
    """The arguments of every ``pabal …`` line in a page's shell blocks."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", TEXTS[page], re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    typed = [re.match(r" *(?:docker compose exec \w+ )?pabal ([^<>]*)", line) for line in lines]
    return [shlex.split(found[1], comments=True) for found in typed if found]


def parses(arguments: list[str]) -> None:
    """Parse without running. Raises a usage error for an unknown command or option."""
    command, context = COMMAND, None
    rest = ["pabal", *arguments]
    while True:
        name, *rest = rest
        if not hasattr(command, "commands"):
            command.make_context(name, rest, parent=context)
            return
        context = command.make_context(name, rest[:1], parent=context)
        command = command.commands[rest[0]]


@pytest.mark.parametrize("page", TEXTS)
def test_every_command_line_that_is_printed_parses(page: str) -> None:
    for arguments in printed(page):
        parses(arguments)


def test_command_lines_are_found_and_bad_ones_refused() -> None:
    assert ["subscriptions"] in printed("README.md")
    for bad in (["up", "--onyl", "web"], ["subscribe"], ["sources", "show"]):
        with pytest.raises(Exception, match=r"No such option|Missing"):
            parses(bad)


@pytest.fixture(scope="module")
def morphology() -> Morphology:
    return Morphology(Registry.load().names())


def test_every_example_of_the_rule_language_is_true(morphology: Morphology) -> None:
    examples = [row for row in rows(TEXTS["docs/rules.md"]) if row[-1] in {"✓", "–"}]
    assert len(examples) > 30

    registry = Registry.load()
    for rule, *given, text, says in examples:
        record = json.loads(given[0].strip("`")) if given else {}
        title, facts = record.get("title", ""), of_record(record, registry)
        matcher = Matcher({1: parse(rule.strip("`"))}, partial(spellings, registry=registry))
        trial = matcher.trial(title, text, facts)
        windows = sorted(trial.windows)
        morphs = dict(zip(windows, morphology.analyse(windows), strict=True))
        assert bool(trial.decide(morphs)) is (says == "✓"), (rule, text)


def test_every_rule_that_is_warned_of_is_warned_of_as_described() -> None:
    examples = rows(section("docs/rules.md", "쓸 수 있지만"))[2:]
    assert examples

    for rule, why in examples:
        (warning,) = warnings(parse(rule.strip("`")))
        assert why in warning


def test_every_refused_rule_is_refused_as_described() -> None:
    examples = [row for row in rows(TEXTS["docs/rules.md"]) if row[1].isdigit()]
    assert len(examples) > 5

    for rule, position, why in examples:
        with pytest.raises(RuleError, match=re.escape(why)) as caught:
            parse(rule.strip("`"))
        assert caught.value.position == int(position)


def test_what_read_says_is_described_field_by_field() -> None:
    result = plain(Reading("제목", "글", (), None), Registry.load())
    judged = {"topics", "primary_topic", "support_fields"}
    of_file = {"id", "source_file", "container", "parser", "full_text", "lacks", "error"}
    cells = [row[0] for row in rows(section("docs/formats.md", "`pabal read`"))]
    described = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}

    assert described == {*result, *judged, *of_file}


def test_the_example_message_has_the_fields_of_an_alert() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", section("docs/formats.md", "웹훅"), re.DOTALL)
    data = json.loads(example)["data"]

    assert list(data) == [field.name for field in fields(Alert)]
    assert list(data["hits"][0]) == [field.name for field in fields(Hit)]


def test_the_example_of_a_replay_file_is_one(tmp_path: Path) -> None:
    (line,) = re.findall(r"```json\n(.*?)```", section("docs/formats.md", "재생"), re.DOTALL)
    (tmp_path / "month.jsonl").write_text(line, "utf-8")

    (release,) = replay.load(tmp_path / "month.jsonl")
    assert release.sites == {"korea_kr", "mofa"}


class Receiver:
    def __init__(self) -> None:
        self.got: list[tuple[bytes, dict[str, str]]] = []

    async def post(self, _url: URL, content: bytes, headers: Mapping[str, str]) -> Reply:
        self.got.append((content, dict(headers)))
        return Reply(204)

    async def aclose(self) -> None:
        pass


async def test_the_receiver_in_the_readme_takes_our_messages_and_no_others() -> None:
    (code,) = re.findall(r"```python\n(from standardwebhooks.*?)```", README, re.DOTALL)
    scope: dict[str, Any] = {}
    exec(code, scope)
    receiver = Receiver()
    options = ChannelOptions()
    channel = Webhooks(options, Poster(options, receiver, lambda: datetime.now(UTC)))
    secret = new_secret()
    alert = Alert("가", "가상 전시회", "https://a.example/1", "외교부", "x", None, None, "", ())

    await channel.send(Message("msg_1", "https://hooks.example.com/", secret, alert, 1))
    ((content, headers),) = receiver.got

    assert "가상 전시회" in scope["receive"](secret, headers, content)
    with pytest.raises(WebhookVerificationError):
        scope["receive"](new_secret(), headers, content)


def test_every_declaration_that_is_shown_is_one() -> None:
    shown = re.findall(r"```toml\n(.*?)```", TEXTS["docs/own-sources.md"], re.DOTALL)
    sources = [own.read(text, "shown.toml") for text in shown]

    assert {type(source) for source in sources} == set(own.PLATFORMS.values())


def test_every_field_of_a_declaration_is_described() -> None:
    cells = [cells[0] for cells in rows(section("docs/own-sources.md", "항목"))]
    described = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
    made = [*own.PLATFORMS.values(), ArticleLayout]
    known = {field.name for platform in made for field in fields(platform)}

    assert described == known - {"document", "searches", "needs", "article"} | {"platform"}
