"""Reads hurt documents and texts for minutes on end: ``make fuzz``, ``ARGS="--minutes 1"``.

It ends with 1 at the first input upon which anything but DocumentError is raised, what is read
breaks a rule of ``checks``, 400,000 letters take more than 5 seconds of the processor, anything
more than 30 seconds, the process dies, or has grown by more than 500 MB. It then says which input
that was and keeps it in a temporary file; ``--seed S --number N`` tries that one alone once more.

Inputs are mutations of whole documents (see ``seeds``, ``mutate``), drawn from a seed and a number
and nothing else. They are not drawn by hypothesis or atheris: both build or bend inputs from
below, and what they make of an archive, a compound file or a PDF hardly ever gets past the
container; nor does atheris have builds for every machine that we run on. There is nothing to
shrink, either: an input is a real document with one or a few wounds.
"""

from __future__ import annotations

import argparse
import asyncio
import faulthandler
import hashlib
import multiprocessing
import re
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random, SystemRandom

from scrapers.documents import by_unhwp
from scrapers.documents.model import Document, DocumentError
from scrapers.documents.readers import read
from service.documents import Documents
from service.model import Given, Precision
from tests.fuzz import checks, hurt, mutate, seeds

HANG, READING = 30.0, 5.0  # seconds; of the processor, for 400,000 letters
GROWTH = 500 << 20
LONGEST_LINE, MOST_LINES = 200, 60  # of what is told of an error, which may quote the input
HOSTED = 0.08  # of documents, that go through the bounded process as well
KINDS = {"hwpx": 4, "hwp": 3, "pdf": 3, "html": 3, "text": 1, "reading": 8}
_RESET = Path("/proc/self/clear_refs")
TIMES = ("", "2026-05-11", "2026-05-11T09:30", "2024-02-29", "2026-12-31T23:59:00+09:00",
         "1999-12-31", "9999-12-31T23:59-12:00", "0001-01-01", "soon")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """An input: a document, or a release with the texts of the documents that it came with."""

    kind: str
    content: bytes
    given: Given | None = None
    documents: tuple[tuple[str, str], ...] = ()
    hosted: bool = False
    without_unhwp: bool = False


def case(seed: int, number: int) -> Case:
    """The input of that number, the same whenever and wherever it is asked for."""
    rng = Random(f"{seed}/{number}")
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    if kind == "reading":
        return _reading(rng)
    seed_content = rng.choice(seeds.documents()[kind])
    content = mutate.BY_KIND[kind](rng, seed_content)
    return Case(kind, content, hosted=rng.random() < HOSTED, without_unhwp=rng.random() < 0.5)


def _reading(rng: Random) -> Case:
    whole = _text(rng)
    title = hurt.text(rng, "제3차 가람-누리 정책협의회 개최")
    publisher = hurt.text(rng, "외교부·산업부(가나)")
    fields = {
        "title": rng.choice((None, None, whole[:40], title)),
        "publisher": rng.choice((None, "중소벤처기업부", publisher)),
        "published": rng.choice(TIMES),
        "text": whole,
    }
    given = checks.record_of(fields) or Given(whole)
    if rng.random() < 0.2:
        precision: Precision = rng.choice(("second", "minute", "day"))
        at = datetime(rng.choice((1990, 2026)), 5, 11, 20, tzinfo=UTC)
        given = Given(whole, None, None, at, precision, "홍길동", news=rng.random() < 0.7)
    papers = tuple((f"붙임{n}.pdf", _text(rng)) for n in range(rng.choice((0, 0, 1, 1, 3))))
    return Case("reading", whole.encode("utf-8", "surrogatepass"), given, papers)


def _text(rng: Random) -> str:
    """Of our own or out of a document; hurt."""
    kind = rng.choice(("own", "own", "hwpx", "pdf", "html"))
    if kind == "own":
        return hurt.text(rng, rng.choice(seeds.texts()))
    return hurt.text(rng, seeds.text_of(rng.choice(seeds.documents()[kind])))


class Tried:
    """What was tried in the process that reads, and one event loop for the bounded host."""

    def __init__(self, runner: asyncio.Runner, host: Documents) -> None:
        self._runner = runner
        self._host = host

    def try_(self, tried: Case) -> str:
        """How it went, in a word. Raises whatever is wrong."""
        if tried.given:
            return self._read(tried.given, tried.documents)
        by_unhwp.AVAILABLE = not tried.without_unhwp
        outcome = _outcome(tried.content)
        by_unhwp.AVAILABLE = True
        if tried.hosted:
            self._compare(tried.content)
        if isinstance(outcome, DocumentError):
            return outcome.reason
        self._read(Given("", None), (("붙임.hwpx", outcome.text),))
        return outcome.parser

    @staticmethod
    def _read(given: Given, documents: tuple[tuple[str, str], ...]) -> str:
        begun = time.process_time()
        found = checks.reading(given, documents)
        taken = time.process_time() - begun
        letters = len(given.text) + sum(len(text) for _, text in documents)
        assert taken < READING * max(1, letters / 400_000), f"{taken:.1f} seconds to read {letters}"
        near = given.published_at.date() if given.published_at else None
        checks.parts(given.text, near)
        return found.kind

    def _compare(self, content: bytes) -> None:
        """Through the bounded process comes the same as without it."""
        hosted = self._runner.run(self._hosted(content))
        here = _outcome(content)
        if isinstance(hosted, DocumentError) and isinstance(here, DocumentError):
            assert hosted.reason == here.reason, (hosted, here)
        else:
            assert hosted == here

    async def _hosted(self, content: bytes) -> Document | DocumentError:
        try:
            return await self._host.read(content)
        except DocumentError as error:
            checks.error(error)
            return error


def _outcome(content: bytes) -> Document | DocumentError:
    try:
        document = read(content)
    except DocumentError as error:
        checks.error(error)
        return error
    checks.document(document)
    return document


@dataclass(frozen=True, slots=True)
class Step:
    """What the process that reads says: an input begins; or has ended, well or not."""

    number: int
    kind: str = ""
    outcome: str = ""
    seconds: float = 0.0
    trouble: str = ""
    grown: int = 0


def reader(said: Connection, seed: int, numbers: list[int]) -> None:
    """Try inputs, all from the first of ``numbers`` on where there is one only, until killed."""
    faulthandler.enable()
    with asyncio.Runner() as runner:
        host = Documents(children=1)
        tried = Tried(runner, host)
        for content in (each[0] for each in seeds.documents().values()):
            _outcome(content)
        runner.run(tried._hosted(b"warm up"))
        before = _most_memory()
        for number in numbers or count():
            said.send(Step(number))
            said.send(_tried(tried, seed, number, before))


def _tried(tried: Tried, seed: int, number: int, before: int) -> Step:
    one = case(seed, number)
    _RESET.write_text("5")  # what it took to make the input is not counted
    faulthandler.dump_traceback_later(HANG - 1)
    begun, outcome, trouble = time.perf_counter(), "failed", ""
    try:
        outcome = tried.try_(one)
    except Exception:  # noqa: BLE001 - to find out what is raised is what this is for
        told = traceback.format_exc(limit=-12).split("\n")
        trouble = "\n".join(line[:LONGEST_LINE] for line in told[:MOST_LINES])
    faulthandler.cancel_dump_traceback_later()
    seconds = time.perf_counter() - begun
    grown = _most_memory() - before
    if not trouble and grown > GROWTH:
        trouble = f"{grown >> 20} MB more than in the beginning\n"
    return Step(number, one.kind, outcome, seconds, trouble, grown)


def _most_memory() -> int:
    """Bytes that this process held at most since this was set back."""
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    assert peak
    return int(peak[1]) << 10


@dataclass
class Report:
    """What was tried so far."""

    outcomes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    slowest: dict[str, Step] = field(default_factory=dict)
    grown: int = 0

    def add(self, step: Step) -> None:
        self.outcomes[step.kind][step.outcome] += 1
        self.grown = max(self.grown, step.grown)
        if step.kind not in self.slowest or step.seconds > self.slowest[step.kind].seconds:
            self.slowest[step.kind] = step

    def lines(self) -> Iterator[str]:
        for kind, outcomes in sorted(self.outcomes.items()):
            slow = self.slowest[kind]
            said = ", ".join(f"{name} {times}" for name, times in outcomes.most_common())
            yield f"{kind:8} {outcomes.total():6}: {said}"
            yield f"{'':8} slowest {slow.seconds:.1f} s (number {slow.number})"
        yield f"grown by {self.grown >> 20} MB"


def watch(seed: int, numbers: list[int], seconds: float) -> tuple[Report, Step | None]:
    """Let a process read and look on. The step that went wrong, or None."""
    spawn = multiprocessing.get_context("spawn")
    heard, said = spawn.Pipe(duplex=False)
    process = spawn.Process(target=reader, args=(said, seed, numbers), daemon=True)
    process.start()
    said.close()
    report, at = Report(), Step(-1)
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            if not heard.poll(HANG):
                return report, Step(at.number, trouble=f"no answer for {HANG:g} seconds\n")
            at = heard.recv()
            if at.trouble:
                return report, at
            if at.kind:
                report.add(at)
    except EOFError:
        process.join()
        if not (numbers and at.kind):
            return report, Step(at.number, trouble=f"the process ended with {process.exitcode}\n")
    finally:
        process.kill()
        process.join()
    return report, None


def keep(seed: int, step: Step) -> str:
    """Where the input that went wrong lies now, and how to try it again."""
    if step.number < 0:
        return "before the first input"
    one = case(seed, step.number)
    ending = f".{one.kind}"
    with tempfile.NamedTemporaryFile(prefix="pabal-fuzz-", suffix=ending, delete=False) as file:
        file.write(one.content)
    digest = hashlib.sha256(one.content).hexdigest()
    return (
        f"{one.kind}, {len(one.content)} bytes, sha256 {digest}\n{file.name}\n"
        f'make fuzz ARGS="--seed {seed} --number {step.number}"'
    )


def main() -> None:
    """Try, report, and end with 1 where something went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(1_000_000))
    parser.add_argument("--number", type=int, help="one input alone")
    asked = parser.parse_args()
    say = sys.stdout.write
    say(f"seed {asked.seed}\n")
    sys.stdout.flush()
    numbers = [] if asked.number is None else [asked.number]
    report, wrong = watch(asked.seed, numbers, asked.minutes * 60)
    say("\n".join([*report.lines(), ""]))
    if wrong:
        say(f"\n{wrong.trouble}\n{keep(asked.seed, wrong)}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
