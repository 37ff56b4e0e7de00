"""The documents are complete and true: what is there is described, what they print works."""

import json
import re
import runpy
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
from standardwebhooks import WebhookVerificationError
from yarl import URL

from notifier import registry as channels
from notifier.channels.webhook import Webhooks, new_secret
from notifier.egress import Reply
from notifier.model import Alert, ChannelOptions, Hit, Message
from notifier.posting import Poster
from scrapers import own
from scrapers import registry as declared
from scrapers.errors import Trouble
from scrapers.platforms.article import ArticleLayout
from service.__main__ import app
from service.config import Settings
from service.demo import replay, view
from service.demo.ledger import Ledger
from service.demo.papers import Papers
from service.judging.facts import of_record
from service.judging.matcher import Matcher
from service.judging.morphemes import Morphology
from service.judging.names import spellings
from service.judging.rules import RuleError, parse, warnings
from service.judging.taxonomy import subjects
from service.model import Reading
from service.pulse.model import FindingKind
from service.pulse.wording import TROUBLES
from service.reading.publishers import Registry
from service.reading.record import plain
from tests.bench import page as benchmarks

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "tests/README.md"]
TEXTS = {page.relative_to(ROOT).as_posix(): page.read_text("utf-8") for page in PAGES}
README = TEXTS["README.md"]
LISTED = {"scrapers/sources", "notifier/channels"}
"""Rooms whose modules have tables of their own: one declaration a file."""
FIVE = {"httpx", "beautifulsoup4", "apscheduler", "sqlalchemy", "pytest"}
TABLES = runpy.run_path(str(ROOT / ".ci/tables.py"))
COMMAND: Any = typer.main.get_command(app)


def section(page: str, heading: str) -> str:
    """The text under a heading, up to the next one of its rank."""
    found = re.search(
        rf"^## {heading}[^\n]*\n(.*?)(?=^## |\Z)", TEXTS[page], re.DOTALL | re.MULTILINE
    )
    assert found, f"{page} has no section {heading}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """Cells of every table row, unescaped."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    split = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]
    return [[cell.strip().replace("\\|", "|") for cell in cells] for cells in split]


def names(text: str) -> set[str]:
    """What the first cells of a table name in backticks."""
    return {name for cells in rows(text) for name in re.findall(r"^`(.+?)`", cells[0])}


def commands(group: Any, path: tuple[str, ...] = ("pabal",)) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


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


@pytest.mark.parametrize("field", Settings.model_fields)
def test_every_setting_says_what_it_is_for_in_korean_then_in_english(field: str) -> None:
    korean, _, english = (Settings.model_fields[field].description or "").partition(" / ")

    assert re.search("[가-힣]", korean)
    assert re.search("[a-z]", english)


def test_the_table_of_settings_has_no_other() -> None:
    known = {f"PABAL_{name.upper()}" for name in Settings.model_fields}

    assert names(section("README.md", "설정")) == known


def test_the_table_of_commands_is_the_commands() -> None:
    table = names(section("README.md", "명령"))

    assert table == {" ".join(path) for path in commands(COMMAND)}


@pytest.mark.parametrize("page", TABLES["DOCUMENTS"])
def test_the_tables_that_follow_from_declarations_do(page: str) -> None:
    assert "<!-- made by make docs: " in TEXTS[page]
    assert TABLES["made"](TEXTS[page]) == TEXTS[page], "make docs"


def test_every_source_channel_and_topic_is_in_its_table() -> None:
    assert all(f"| `{name}` |" in TEXTS["docs/sources.md"] for name in declared.sources())
    assert names(section("README.md", "채널")) == set(channels.names())
    assert names(section("docs/glossary.md", "분야")) == {*subjects()}


def test_the_ledger_that_is_shown_has_the_lines_of_a_ledger() -> None:
    shown = re.findall(r"^│ (.*?) +│ +[^│]+ │$", README, re.MULTILINE)

    feed, calendar = b"<feed/>", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    lines = [*view._rows(Ledger()), *Papers((), feed, calendar).shown()]
    assert shown == [label for label, _ in lines]


def test_every_kind_of_ops_item_has_its_advice() -> None:
    source = "".join(path.read_text("utf-8") for path in ROOT.glob("service/**/*.py"))
    kinds = set(re.findall(r'ops\.note\(\s*\w+,\s*"([\w-]+)"', source))

    assert kinds
    assert names(section("docs/operating.md", "살펴볼 것")) == kinds | set(get_args(FindingKind))


def test_every_trouble_of_a_source_has_its_advice_and_its_words() -> None:
    cells = [row[0] for row in rows(section("docs/operating.md", "출처의 맥박"))]
    named = [name for cell in cells for name in re.findall(r"`([\w-]+)`", cell)]

    assert sorted(named) == sorted(get_args(Trouble))
    assert set(TROUBLES) == set(named)


def test_the_page_of_benchmarks_is_made_of_what_was_measured() -> None:
    made = benchmarks.pages(json.loads(benchmarks.RESULTS.read_text("utf-8")))

    # After a change: python -m tests.bench.page
    assert {path: (ROOT / "docs" / path).read_text("utf-8") for path in made} == made


def test_every_module_has_its_line_in_the_architecture() -> None:
    folders = ("scrapers", "notifier", "service", "migrations")
    modules = {path.relative_to(ROOT) for room in folders for path in ROOT.glob(f"{room}/**/*.py")}
    wanted = {
        path.as_posix()
        for path in modules
        if path.name != "__init__.py" and path.parent.as_posix() not in LISTED
    }

    assert names(section("docs/architecture.md", "The rooms")) - {"service/__init__.py"} == wanted


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["embedded"]]
    named = {re.match(r"[\w-]+", each)[0] for each in needed}  # type: ignore[index]
    reasons = {
        name
        for cells in rows(TEXTS["docs/adr/0006-dependencies.md"])
        for name in re.findall(r"`([\w-]+)`", cells[0])
    }

    assert named - reasons <= FIVE


@pytest.mark.parametrize("page", TEXTS)
def test_every_command_line_that_is_printed_parses(page: str) -> None:
    for arguments in printed(page):
        parses(arguments)


@pytest.mark.parametrize("page", TEXTS)
def test_every_command_that_is_named_is_there(page: str) -> None:
    known = {" ".join(path[1:]) for path in commands(COMMAND)} | {"COMMAND"}
    for named in re.findall(r"`pabal ([^`]+)`", TEXTS[page]):
        assert any(f"{named} ".startswith(f"{each} ") for each in known), named


def test_command_lines_are_found_and_bad_ones_refused() -> None:
    assert ["subscriptions"] in printed("README.md")
    for bad in (["up", "--onyl", "web"], ["subscribe", "이름"], ["sources", "show"]):
        with pytest.raises(Exception, match=r"No such option|Missing"):
            parses(bad)


@pytest.mark.parametrize("page", TEXTS)
def test_every_make_target_that_is_named_is_there(page: str) -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([\w-]+)", TEXTS[page], re.MULTILINE))

    assert named <= targets


@pytest.mark.parametrize("page", TEXTS)
def test_every_relative_link_leads_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", TEXTS[page]):
        path, _, anchor = target.partition("#")
        if ":" in path:
            continue
        there = (ROOT / page).parent / path if path else ROOT / page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there.read_text("utf-8")), target


def test_every_service_that_is_named_is_composed() -> None:
    compose = (ROOT / "compose.yaml").read_text("utf-8")
    named = set(re.findall(r"docker compose exec (\w+)", README))

    assert named
    assert all(f"\n  {name}:\n" in compose for name in named)


def anchors(text: str) -> set[str]:
    """Of every heading, as the forge makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", TEXTS)
def test_every_path_that_is_named_exists(page: str) -> None:
    rooms = "service|scrapers|notifier|migrations|tests|docs"
    named = set(re.findall(rf"`((?:{rooms})/[\w./-]*)`", TEXTS[page]))
    missing = {each for each in named if not (ROOT / each).exists()}

    assert {each for each in missing if "customs_notice" not in each} == set()


def test_every_document_is_found_from_the_readme() -> None:
    for page in TEXTS:
        assert page == "README.md" or f"]({page})" in README, page


def test_no_file_names_a_place_outside_the_project() -> None:
    strange = re.compile("/" + "work/|" + re.escape("../" + "shared"))
    found = []
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if any(part.startswith(".") and part != ".ci" for part in parts) or not path.is_file():
            continue
        if parts[:2] == ("tests", "corpus") or "__pycache__" in parts or ".egg" in str(path):
            continue
        text = path.read_bytes().decode("utf-8", "replace")
        skips = parts[0] == "tests" and "pytest.skip" in text
        if strange.search(text) and not skips:
            found.append(str(path))
    assert found == []


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
    of_file = {"id", "source_file", "container", "parser", "full_text", "error"}
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
    channel = Webhooks(Poster(ChannelOptions(), receiver, lambda: datetime.now(UTC)))
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

    assert described == known - {"document", "searches", "needs", "article"} | {"what", "platform"}
