"""News made from a release: how much of it is found, and how much is taken for another's.

There is no labelled set. News is made here of real releases, the way papers do it: the lead and a
few sentences more, other endings, no brackets, words replaced and left out, sentences in another
order, a byline and a claim of rights. Reads releases that are not part of the project; nothing that
is made of them is kept.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from service.judging.coverage import coverage, excerpts
from service.judging.letters import compared, letters, shingles
from service.judging.likeness import Copy
from service.judging.story import same
from service.store.stories import SHARE
from tests.bench.report import Figure, Growth, save

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
LEAST = 300
"""Letters. Of a page that says less (see the attached file) nobody makes news."""
SENTENCE = re.compile(r"(?<=[다요음함됨임])\.\s+|\n+")
BRACKETS = re.compile(r"\([^()]{0,40}\)")
MONTH = re.compile(r"(?<!\d)\d{1,2}월\s?(?=\d{1,2}일)")
ENDINGS = (
    ("하였다고 밝혔다", "했다고 {day}일 밝혔다"),
    ("한다고 밝혔다", "한다고 {day}일 밝혔다"),
    ("하였다", "했다"),
    ("되었다", "됐다"),
    ("할 예정이다", "한다"),
    ("할 계획이다", "할 방침이다"),
    ("하고 있다", "한다"),
    ("했습니다", "했다"),
    ("합니다", "한다"),
    ("하기 위해", "하고자"),
    ("을 통해", "으로"),
    ("하며,", "하고"),
    ("에 대한", "의"),
    ("또한", "아울러"),
    ("말했다", "설명했다"),
    ("이번", ""),
    ("적극", ""),
)
BYLINE = "[서울=한소식] 홍길순 기자 = "
TAIL = "\n홍길순 기자 hong@example.com\n<저작권자 ⓒ 한소식, 무단 전재-재배포 금지>"


class Made(NamedTuple):
    """News, and the release it was made from."""

    news: Copy
    release: Copy


class Writer:
    """Writes news; ``words`` are what it puts in the place of others."""

    def __init__(self, words: Sequence[str], seed: int) -> None:
        self.words, self.chance = words, random.Random(seed)

    def news(self, release: Copy, most: int = 5) -> Copy:
        """The lead and at most so many further sentences, 5 to 30 % of the words changed."""
        chance = self.chance
        said = [each.strip() for each in SENTENCE.split(release.text) if len(letters(each)) >= 12]
        lead = next((i for i, each in enumerate(said) if len(letters(each)) >= 40), 0)
        rest = said[lead + 1 :]
        some = chance.sample(range(len(rest)), min(len(rest), chance.randint(min(2, most), most)))
        tail = [rest[i] for i in (some if chance.random() < 0.3 else sorted(some))]
        share, day = chance.uniform(0.05, 0.3), release.published or date.min
        body = " ".join(self._reworded(each, day, share) for each in (said[lead], *tail))
        later = timedelta(days=chance.choice((-1, 0, 0, 0, 0, 0, 0, 1, 1, 2)))
        headline = [word for word in release.title.split() if chance.random() < 0.8]
        if chance.random() < 0.5:
            headline.insert(chance.randint(0, len(headline)), chance.choice(self.words))
        return Copy(None, " ".join(headline), f"{BYLINE}{body}{TAIL}", "한소식", day + later)

    def _reworded(self, sentence: str, day: date, share: float) -> str:
        chance = self.chance
        for pattern in (BRACKETS, MONTH):
            sentence = pattern.sub(lambda m: "" if chance.random() < 0.7 else m[0], sentence)
        for before, after in ENDINGS:
            if chance.random() < 0.8:
                sentence = sentence.replace(before, after.format(day=day.day))
        return " ".join(self._words(sentence.split(), share)) + "."

    def _words(self, words: Iterable[str], share: float) -> Iterator[str]:
        for word in words:
            fate = 1 if any(map(str.isdigit, word)) else self.chance.random()
            if fate < share / 2:
                yield self.chance.choice(self.words)
            elif fate >= share * 0.8:
                yield word


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a packed JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as packed:
        yield from map(json.loads, packed)


def copy(row: dict[str, Any]) -> Copy:
    """One release of the data at hand."""
    day = date.fromisoformat(row["approve_date"][:10])
    return Copy(row["url"], row["title"], row["text"], row["ministry"], day)


def read(news: Copy) -> Copy:
    """As it is after reading: without byline and claim of rights."""
    return news._replace(text=news.text.removeprefix(BYLINE).removesuffix(TAIL))


def found(made: Sequence[Made]) -> Iterator[Figure]:
    """How much is found by equal numbers, and judged to be made."""
    for name, some in (
        ("적힌 대로 / as printed", made),
        ("읽은 대로 / as read", [Made(read(each.news), each.release) for each in made]),
        ("200자 / 200 letters", [Made(_snippet(each.news), each.release) for each in made]),
    ):
        near = sum(_near(*each) for each in some)
        linked = sum(coverage(*each).made for each in some)
        for what, count in (("후보 / candidates", near), ("이어짐 / linked", linked)):
            ours = f"{count:,} / {len(some):,}"
            yield Figure(what=f"{name}: {what}", value=count / len(some) * 100, unit="%", ours=ours)


def _snippet(news: Copy) -> Copy:
    return news._replace(text=read(news).text[:200])


def _near(news: Copy, release: Copy) -> bool:
    shared = set(excerpts(news.title, news.text)) & set(excerpts(release.title, release.text))
    return len(shared) >= SHARE


def false_links(made: Sequence[Made], releases: Sequence[Copy]) -> tuple[Figure, list[Made]]:
    """Each news against all other releases of the days around; one story's releases are right."""
    by_shingle: dict[str, list[int]] = defaultdict(list)
    for i, each in enumerate(releases):
        for shingle in shingles(compared(each.text)):
            by_shingle[shingle].append(i)
    wrong: list[Made] = []
    for news, own in made:
        shared: dict[int, int] = defaultdict(int)
        told = shingles(compared(news.text))
        for shingle in told:
            for i in by_shingle.get(shingle, ()):
                shared[i] += 1
        likely = [releases[i] for i, n in shared.items() if n >= 0.3 * len(told)]
        wrong += [
            Made(news, each)
            for each in likely
            if each != own and coverage(news, each).made and not same(own, each).same
        ]
    return _few("남의 글에 / linked to another", len(wrong), len(made)), wrong


def _few(what: str, count: int, every: int) -> Figure:
    ours = f"{count:,} / {every:,}"
    return Figure(what=what, value=count / every * 100, unit="%", ours=ours)


def round_ups(releases: Sequence[Copy], writer: Writer) -> Figure:
    """One article of three releases of one ministry and day is made from none of them."""
    of_day: dict[tuple[str | None, date | None], list[Copy]] = defaultdict(list)
    for each in releases:
        of_day[each.publisher, each.published].append(each)
    parts = linked = 0
    for some in of_day.values():
        for three in zip(*[iter(some)] * 3, strict=False):
            texts = [read(writer.news(each, most=2)).text for each in three]
            news = Copy(None, "하루 종합", "\n".join(texts), "한소식", three[0].published)
            linked += sum(coverage(news, each).made for each in three)
            parts += 3
    return _few("세 글을 묶은 기사의 / parts of round-ups linked", linked, parts)


def series(writer: Writer) -> Figure:
    """News of one of two releases that look alike and are two, against the other one."""
    known = {
        each["news_item_id"]: copy(each) for each in lines(SHARED / "same_story/docs.jsonl.gz")
    }
    judged = linked = 0
    with (SHARED / "same_story/pairs.tsv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
            pair = [known.get(row[f"news_item_id_{side}"]) for side in "ab"]
            a, b = pair
            if row["label"] != "0" or a is None or b is None:
                continue
            for one, other in pairwise((a, b, a)):
                if len(letters(one.text)) >= LEAST:
                    judged += 1
                    linked += coverage(read(writer.news(one)), other).made
    return _few("이어지는 회의의 이웃에 / of a series, linked to its neighbour", linked, judged)


def clocked(made: Sequence[Made]) -> Growth:
    """How long it takes, by the letters of a release."""
    seconds: dict[str, dict[int, float]] = {"numbers of a release": {}, "one judged": {}}
    for letters_ in (500, 1_000, 2_000, 4_000):
        some = [each for each in made if len(each.release.text) >= letters_]
        cut = [(n, r._replace(text=r.text[:letters_])) for n, r in some]
        begun = time.perf_counter()
        for _, release in cut:
            excerpts(release.title, release.text)
        between = time.perf_counter()
        for news, release in cut:
            coverage(news, release)
        seconds["numbers of a release"][letters_] = (between - begun) / len(cut)
        seconds["one judged"][letters_] = (time.perf_counter() - between) / len(cut)
    return Growth(
        title="글 길이에 따른 판정 / Time to know news by its release, by its length",
        sizes="글자 수 / letters",
        seconds=seconds,
    )


def main() -> None:
    """Measure, print, leave it for the page."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--releases", type=int, help="so many of the month, all by default")
    most = options.parse_args().releases
    if not SHARED.is_dir():
        sys.exit("자료가 없습니다. / No releases at hand to measure with.")
    every = [copy(each) for each in lines(SHARED / "stream/2026-03.jsonl.gz")][:most]
    words = [w for each in every for w in each.text.split()[:40] if not any(map(str.isdigit, w))]
    writer = Writer(words, seed=1)
    long = [each for each in every if len(letters(each.text)) >= LEAST]
    made = [Made(writer.news(each), each) for each in long]
    links, wrong = false_links([Made(read(each.news), each.release) for each in made], every)
    figures = [*found(made), links, round_ups(long, writer), series(writer)]
    console = Console(width=110)
    table = Table("news made of releases", "", "")
    for each in figures:
        table.add_row(each.what, each.ours, f"{each.value:.2f}{each.unit}")
    console.print(table)
    for news, release in wrong[:20]:
        console.print(f"{news.published} {news.title} → {release.published} {release.title}")
    save("coverage", figures, clocked(made))


if __name__ == "__main__":
    main()
