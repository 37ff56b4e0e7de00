"""From a release's text to the rules it matches, ours beside full morphology: ``make bench``.

Reads a recorded month, which is not part of the project. Both ways use the same matcher and the
same releases in one run, processor time. Full morphology reads every letter of a release with Kiwi,
ours only the stretches that rules ask for. ``first sight`` begins with nothing remembered, ``in
service`` with as many stretches of the other releases of the month as the analyser keeps.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import random
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, islice, pairwise
from pathlib import Path
from typing import NamedTuple

from kiwipiepy import Kiwi
from rich.console import Console
from rich.table import Table

from service.analyser import REMEMBERED
from service.app import YOUNG
from service.judging import compounds, senses
from service.judging.logic import And, Or, Rule, Term, joined
from service.judging.matcher import Matcher
from service.judging.morphemes import Morph, Morphology, Morphs
from service.judging.terms import Analyse, edges, occurrences, squeeze, stands, window
from service.model import Span
from service.reading.publishers import Registry
from tests.bench.report import OURS, Figure, Growth, against, named, save, shown

STREAM = Path(__file__).parents[2].parent / "shared" / "data" / "stream" / "2026-03.jsonl.gz"
SIZES = (1_000, 10_000, 100_000)
MUST = {1_000: (8, 13), 100_000: (3, 3.6)}
NAMES = 100_000
ELSEWHERE = (
    "한계를 정한 기계에서 Kiwi는 2,000자에 48–68 ms였음"
    " / where the bound was set Kiwi took 48 to 68 ms for 2,000 letters"
)
SERVICE, FIRST = "일하는 중 / in service", "처음 / first sight"
ASKED = 60  # terms a release is asked for where decisions are compared


class Release(NamedTuple):
    """What is judged."""

    title: str
    text: str


def releases() -> list[Release]:
    """A real month, shuffled."""
    with gzip.open(STREAM, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    random.Random(11).shuffle(records)
    return [Release(each.get("title") or "", each.get("text") or "") for each in records]


def nouns(texts: Sequence[str]) -> list[str]:
    """Nouns and foreign words of the texts, of two letters and more."""
    kiwi = Kiwi(num_workers=1, load_multi_dict=False)
    tags = ("NNG", "NNP", "SL")
    tokens = (token for text in kiwi.tokenize(list(texts)) for token in text)
    return sorted(
        {
            token.form.lower()
            for token in tokens
            if token.tag in tags and token.len > 1 and token.form.isalnum()
        }
    )


def invented(words: Sequence[str], count: int) -> dict[int, Rule]:
    """Rules as people write them: 1 to 4 terms, a third of them words of real releases.

    The other terms are made-up names, few of them often used.
    """
    chance = random.Random(20260321)
    names = [
        "".join(chr(chance.randrange(0xAC00, 0xD7A4)) for _ in range(chance.choice((2, 3, 3, 4))))
        for _ in range(NAMES)
    ]
    weights = list(accumulate(1 / rank for rank in range(1, NAMES + 1)))

    def term() -> str:
        return (
            chance.choice(words)
            if chance.random() < 1 / 3
            else chance.choices(names, cum_weights=weights)[0]
        )

    def rule() -> Rule:
        terms = [Term(term()) for _ in range(chance.choice((1, 2, 3, 4)))]
        return joined(chance.choice((And, And, Or)), terms)

    return {number: rule() for number in range(count)}


def cut(morphs: Iterable[Morph], origin: int, end: int) -> Morphs:
    """The morphemes of a stretch, as if it had been read alone."""
    return tuple(
        Morph(m.form, m.tag, m.start - origin, m.end - origin, tuple(c - origin for c in m.cuts))
        for m in morphs
        if m.start >= origin and m.end <= end
    )


class Times(NamedTuple):
    """Seconds for a sample. ``matching`` is what both ways have to do once the terms are ready.

    ``new`` are the stretches that were not read before.
    """

    whole: float
    windows: float
    morphemes: float
    matching: float
    new: float

    def ours(self) -> float:
        """Ours, matching included."""
        return self.windows + self.morphemes + self.matching

    def theirs(self) -> float:
        """Full morphology and the same matcher."""
        return self.whole + self.matching

    def anatomy(self, must: float | None) -> str:
        """Where our time goes, what Kiwi alone takes of it, and what the bound leaves for all."""
        parts = f"{shown(self.windows)} + {shown(self.morphemes)} + {shown(self.matching)}"
        each = shown(self.morphemes / self.new) if self.new else "0"
        left = "" if must is None else f"; {must}×: ≤ {shown(self.theirs() / must)}"
        return (
            f"글자 찾기 + 형태소 + 판정 / letters + morphemes + judging: {parts}; 처음 보는 토막 / "
            f"stretches not read before: {self.new:.1f}, Kiwi {each}{left}"
        )

    def terms_alone(self) -> float:
        """The same up to where the terms are ready."""
        return self.whole / (self.windows + self.morphemes)


def measured(
    matcher: Matcher, sample: Sequence[Release], morphology: Morphology, known: dict[str, Morphs]
) -> Times:
    """Judge the sample both ways. ``known`` are stretches that were read before."""
    kiwi = Kiwi(num_workers=1, load_multi_dict=False)
    kiwi.tokenize("")  # the dictionaries are loaded now
    spent, new = [0.0] * 4, 0
    for release in sample:
        stamps = [time.process_time()]
        for tokens in kiwi.tokenize(list(release)):
            len(tokens)
        stamps.append(time.process_time())
        trial = matcher.trial(*release)
        stamps.append(time.process_time())
        missing = [window for window in trial.windows if window not in known]
        known.update(zip(missing, morphology.analyse(missing), strict=True))
        new += len(missing)
        stamps.append(time.process_time())
        trial.decide(known)
        stamps.append(time.process_time())
        spent = [total + b - a for total, (a, b) in zip(spent, pairwise(stamps), strict=True)]
    whole, windows, morphemes, matching = spent
    return Times(whole, windows, morphemes, matching, new)


def remembered(
    matcher: Matcher, earlier: Sequence[Release], morphology: Morphology
) -> dict[str, Morphs]:
    """What a service has in mind that judged other releases before."""
    met = chain.from_iterable(matcher.trial(*each).windows for each in reversed(earlier))
    windows = [*islice(dict.fromkeys(met), REMEMBERED)]  # the latest
    return dict(zip(windows, morphology.analyse(windows), strict=True))


def agreement(sample: Sequence[Release], words: Sequence[str], morphology: Morphology) -> float:
    """F1 of ours against full morphology: which terms, whose letters are there, stand."""
    chance = random.Random(3)
    both = only_one = 0
    for release in sample:
        there = [word for word in words if squeeze(word) in squeeze(release.text)]
        read = morphology.analyse([release.text])[0]
        for word in chance.sample(there, min(ASKED, len(there))):
            spans = occurrences(release.text, word)
            asked = any(stands(release.text, span, _one(morphology)) for span in spans)
            known = any(stands_in_full(release.text, span, read) for span in spans)
            both += asked and known
            only_one += asked != known
    return 2 * both / (2 * both + only_one)


def stands_in_full(text: str, span: Span, read: Morphs) -> bool:
    """The same decision where every stretch has been read, and none is settled without."""
    sense = senses.told(text, span)
    if sense is not None:
        return sense
    sides = edges(text, span)
    if False in sides or all(sides):
        return False not in sides
    origin, end = window(text, span)
    left, right = (side is True for side in sides)
    morphs = cut(read, origin, end)
    return compounds.has_word(morphs, (span[0] - origin, span[1] - origin), (left, right))


def _one(morphology: Morphology) -> Analyse:
    return lambda stretch: morphology.analyse([stretch])[0]


def compared(
    month: Sequence[Release], count: int, words: Sequence[str], morphology: Morphology
) -> dict[tuple[int, str], Times]:
    """Seconds a release, by number of rules and by what is remembered."""
    sample, earlier = month[:count], month[count:]
    found = {}
    for size in SIZES:
        matcher = Matcher(invented(words, size))
        gc.freeze()  # as the service does
        for name in (SERVICE, FIRST):
            known = remembered(matcher, earlier, morphology) if name == SERVICE else {}
            times = measured(matcher, sample, morphology, known)
            found[size, name] = Times(*(each / len(sample) for each in times))
    return found


def figures(found: Mapping[tuple[int, str], Times], f1: float) -> Iterator[Figure]:
    """What is judged: the service in its course."""
    kiwi = named("kiwipiepy")
    for (size, name), times in found.items():
        must, aim = MUST.get(size, (None, None)) if name == SERVICE else (None, None)
        what, peer = f"규칙 {size:,} / rules, {name}", (f"{kiwi} + matcher", times.theirs())
        why = f"{times.anatomy(must)}; {ELSEWHERE}"
        yield against(what, times.ours(), peer, must=must, aim=aim, why=why)
    yield Figure(what="같은 판정 / same decisions: F1", value=f1, unit="", must=0.99)


def main() -> None:
    """Measure, print, leave it for the page."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--releases", type=int, default=200)
    options.add_argument("--month", type=int, help="so many releases were judged before")
    chosen = options.parse_args()
    if not STREAM.is_file():
        sys.exit("no releases at hand")
    gc.set_threshold(YOUNG)  # as the service
    month = releases()[: chosen.month]
    words = nouns([release.text for release in month[: chosen.releases]])
    morphology = Morphology(Registry.load().names())
    found = compared(month, chosen.releases, words, morphology)
    table = Table("rules", "", "Kiwi whole", "windows", "morphemes", "matching", "terms", "matched")
    for (size, name), times in found.items():
        cells = (f"{seconds * 1000:.2f} ms" for seconds in times[:4])
        ratios = (f"{ratio:.1f}×" for ratio in (times.terms_alone(), times.theirs() / times.ours()))
        table.add_row(f"{size:,}", name, *cells, *ratios)
    console = Console()
    console.print(table)
    f1 = agreement(month[: chosen.releases], words, morphology)
    console.print(f"same decisions: F1 {f1:.4f} (must 0.99)")
    growth = Growth(
        title="글 하나의 낱말과 판정 / Terms and judgement of one release, by number of rules",
        sizes="규칙 수 / rules",
        seconds={
            f"{OURS}, in service": {size: found[size, SERVICE].ours() for size in SIZES},
            f"{OURS}, first sight": {size: found[size, FIRST].ours() for size in SIZES},
            "Kiwi whole + matcher": {size: found[size, SERVICE].theirs() for size in SIZES},
        },
    )
    save("terms", list(figures(found, f1)), growth)


if __name__ == "__main__":
    main()
