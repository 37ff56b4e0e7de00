"""Documents a second and likeness to a reference, ours beside other parsers: ``make bench``.

Reads documents that are kept outside the project. Those at hand are repeated to make as many as
asked for. Everyone gets two processes on the same files in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import cycle, islice
from pathlib import Path

import dochan
import pdfplumber
import pypdfium2
import unhwp
from rapidfuzz.distance import Indel
from rich.console import Console
from rich.table import Table

from scrapers.documents.model import DocumentError
from service.documents import Documents
from tests.bench.report import OURS, Figure, Growth, named, save

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
PROCESSES = 2
SLOW = 10  # a parser this many times slower than ours reads so many times fewer


def by_unhwp(path: str) -> str:
    """Markdown of HWP or HWPX."""
    with unhwp.parse(path) as result:
        return str(result.markdown)


def by_dochan(path: str) -> str:
    """Text of HWP or HWPX, with its tables."""
    return str(dochan.Dochan(path).to_plain_text())


def by_pdfplumber(path: str) -> str:
    """Text of a PDF, and its tables apart."""
    with pdfplumber.open(path) as pdf:
        pages = [(page.extract_text(), page.extract_tables()) for page in pdf.pages]
    return "\n".join(text for text, _ in pages)


def by_pypdfium2(path: str) -> str:
    """Text of a PDF as PDFium orders it, without tables."""
    with pypdfium2.PdfDocument(path) as pdf:
        return "\n".join(page.get_textpage().get_text_bounded() for page in pdf)


OTHERS: dict[str, tuple[Callable[[str], str], ...]] = {
    "hwpx": (by_unhwp, by_dochan),
    "hwp": (by_unhwp, by_dochan),
    "pdf": (by_pypdfium2, by_pdfplumber),
}


def files(kind: str) -> list[Path]:
    """The readable files of a kind: releases, and for HWP 5 whatever there is."""
    found = sorted((SHARED / "releases99" / kind).glob("*")) or sorted(SHARED.rglob(f"*.{kind}"))
    marks = {"hwpx": b"PK", "hwp": b"\xd0\xcf\x11\xe0", "pdf": b"%PDF"}
    return [path for path in found if path.read_bytes().startswith(marks[kind])]


async def ours(paths: Iterable[Path]) -> tuple[float, list[str]]:
    """Seconds, and the texts in order. The processes are warm when the clock starts."""

    async def text(content: bytes) -> str:
        try:
            return (await documents.read(content)).text
        except DocumentError as error:
            return f"({error})"

    contents = [path.read_bytes() for path in paths]
    async with Documents(children=PROCESSES) as documents:
        await asyncio.gather(*(text(b"warm up") for _ in range(PROCESSES)))
        begun = time.perf_counter()
        texts = await asyncio.gather(*map(text, contents))
        return time.perf_counter() - begun, texts


def theirs(read: Callable[[str], str], paths: Sequence[Path]) -> tuple[float, list[str]]:
    """Likewise; a file that a parser fails on gives no text."""
    with ProcessPoolExecutor(PROCESSES) as pool:
        list(pool.map(_quietly, [read] * PROCESSES, map(str, paths[:PROCESSES])))
        begun = time.perf_counter()
        texts = list(pool.map(_quietly, [read] * len(paths), map(str, paths), chunksize=4))
        return time.perf_counter() - begun, texts


def _quietly(read: Callable[[str], str], path: str) -> str:
    sys.stdout = sys.stderr = io.StringIO()
    try:
        return read(path)
    except Exception:  # noqa: BLE001 - whatever another parser may raise
        return ""


def squashed(text: str) -> str:
    """Letters alone: no blanks, no marks of Markdown."""
    return re.sub(r"[\s|#*>\-–—_`\\]+|<br>|</?sup>|!\[image\]\([^)]*\)", "", text)


def likeness(text: str, reference: str) -> tuple[float, float]:
    """Indel similarity and F1 of three-letter shingles."""
    one, other = squashed(text), squashed(reference)
    first, second = (Counter(s[i : i + 3] for i in range(len(s) - 2)) for s in (one, other))
    shared = sum((first & second).values())
    return (
        Indel.normalized_similarity(one, other),
        2 * shared / max(1, first.total() + second.total()),
    )


def likened(paths: Sequence[Path], texts: Sequence[str]) -> str:
    """Means over the files that have a reference."""
    folder = SHARED / "releases99" / "ground_truth"
    scores = [
        likeness(text, (folder / f"{path.stem}.md").read_text(encoding="utf-8"))
        for path, text in zip(paths, texts, strict=False)
        if (folder / f"{path.stem}.md").exists()
    ]
    means = [sum(column) / len(scores) for column in zip(*scores, strict=True)]
    return " / ".join(f"{mean:.3f}" for mean in means) or "–"


def measure(kind: str, count: int) -> Iterator[Figure]:
    """Ours beside each other parser."""
    paths = files(kind)
    many = list(islice(cycle(paths), count))
    seconds, texts = asyncio.run(ours(many))
    speed, like = count / seconds, likened(paths, texts)
    for read in OTHERS[kind]:
        few = many[: max(len(paths), count // SLOW)]
        seconds, texts = theirs(read, few)
        other, name = len(few) / seconds, read.__name__.removeprefix("by_")
        yield Figure(
            what=f"{kind}: {name}",
            value=speed / other,
            ours=f"{speed:,.0f} /s, {like}",
            peer=f"{named(name)}: {other:,.0f} /s, {likened(paths, texts)}",
        )


def by_size(kind: str, repeats: int) -> Growth:
    """Seconds a document by its kilobytes: of the small, the middling and the large third."""
    paths = sorted(files(kind), key=lambda path: path.stat().st_size)
    third = len(paths) // 3
    thirds = [paths[at * third : (at + 1) * third] for at in range(3)]
    kilobytes = [round(some[third // 2].stat().st_size / 1024) for some in thirds]
    seconds: dict[str, dict[int, float]] = {}
    for size, some in zip(kilobytes, thirds, strict=True):
        many = some * repeats
        seconds.setdefault(OURS, {})[size] = asyncio.run(ours(many))[0] / len(many)
        for read in OTHERS[kind]:
            name = read.__name__.removeprefix("by_")
            seconds.setdefault(name, {})[size] = theirs(read, many)[0] / len(many)
    return Growth(
        title=f"{kind} 크기에 따른 한 문서 / Time to read one {kind}, by its size",
        sizes="KB",
        seconds=seconds,
    )


def main() -> None:
    """Measure, print, leave it for the page."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=600, help="documents of each kind")
    arguments.add_argument("--repeats", type=int, default=3, help="of each size")
    chosen = arguments.parse_args()
    if not SHARED.is_dir():
        sys.exit("자료가 없습니다. / No documents at hand to measure with.")
    figures = [each for kind in OTHERS for each in measure(kind, chosen.count)]
    table = Table("종류, parser", "파발", "parser", "ours ÷ theirs")
    for each in figures:
        table.add_row(each.what, each.ours, each.peer, f"{each.value:.1f}")
    table.caption = "건/초 / a second, likeness: Indel / 3-gram F1"
    Console().print(table)
    save("documents", figures, by_size("hwpx", chosen.repeats))


if __name__ == "__main__":
    main()
