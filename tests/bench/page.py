"""docs/benchmarks.md and its plots, of what the benches left: ``python -m tests.bench.page``.

What was measured is kept in docs/bench/results.json; a bench that ran since replaces its own part
there. Nothing on the page is typed in by hand, and what was not measured says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.bench import plot
from tests.bench.report import LEFT, ROOT, Figure, number

DOCS = ROOT / "docs"
RESULTS = DOCS / "bench" / "results.json"
ROWS = {
    "match": ("낱말이 준비된 글 하나를 규칙들에", "one release, its terms ready, against rules"),
    "terms": ("글에서 규칙이 물을 낱말로", "from a release's text to the terms that rules need"),
    "topics": ("글 하나의 분야와 종류", "topics and kind of one release"),
    "story": ("백만 가운데 같은 글이 있는가", "is there a likely twin among a million releases"),
    "ingest": ("목록 하나: 본 글과 새 글", "a list of seen items, a list of new ones"),
    "poll": ("바뀌지 않은 목록 확인(304)", "a poll answered 304"),
    "owe": ("글 하나를 아주 많은 구독에 빚지기", "one release owed to very many subscriptions"),
    "webhook": ("서명한 웹훅: 빚에서 보냄까지", "signed posts, from owed to settled"),
    "mail": ("메일: 쓰기와 넘겨주기", "mails: written and handed over"),
    "fresh": ("나온 글이 첫 사람과 끝 사람에게", "a release appears: the first told and the last"),
    "documents": ("첨부 문서 읽기", "documents read"),
    "coverage": ("보도자료로 쓴 기사 알아보기", "news made from a release"),
    "search": ("찾기", "search"),
}
MET = {
    "aim": "✓✓ 목표 / aim",
    "must": "✓ 반드시 / must",
    "missed": "**✗ 못 미침 / missed**",
    "unmeasured": "– 재지 않음 / not measured",
    None: "",
}
HEAD = """# 속도 · Benchmarks

`make bench`가 재고 쓴 쪽이며, 손으로 적은 것이 없습니다. 파발과 견줄 것을 한 번에, 한 기계에서
나란히 잽니다. 절대 시간은 기계와 그때의 부하에 달렸으니 볼 것은 비율입니다. 한 줄만 다시 재려면
`make bench BENCH=owe`, 잰 값 그대로는 [results.json](bench/results.json)입니다.

*Measured and written by `make bench`; nothing is typed in by hand. Ours and the peer stand side by
side, in one run on one machine: times depend on it, the ratios are what counts. One row alone:
`make bench BENCH=owe`; then only that row is new. As measured: [results.json](bench/results.json).
Peers that are no dependencies of ours take part where `PEERS` names the folder that they are in.*

"""
Result = Mapping[str, Any]


def pages(results: Mapping[str, Result]) -> dict[str, str]:
    """The page and a plot for each row that was measured: text by path under docs/."""
    parts = [HEAD, *_summary(results)]
    found = {}
    for row, (korean, english) in ROWS.items():
        parts += [f"\n## {row}\n\n{korean} / *{english}*\n\n"]
        result = results.get(row)
        if result is None:
            parts += [f"{MET['unmeasured']}\n"]
            continue
        parts += [*_table(_figures(result)), "\n", *_whys(result)]
        growth = result["growth"]
        parts += [f"![{growth['title']}](bench/{row}.svg)\n\n", _when(result)]
        found[f"bench/{row}.svg"] = plot.drawn(**growth)
    return {"benchmarks.md": "".join(parts), **found}


def _summary(results: Mapping[str, Result]) -> Iterator[str]:
    names = "목표 / aim", "반드시 / must", "못 미침 / missed", "재지 않음 / not measured"
    yield _line("", "무엇을 / what", *names)
    yield f"{'|---' * 6}|\n"
    for row, title in ROWS.items():
        if row in results:
            met = [each.met for each in _figures(results[row])]
            counts = [met.count(each) for each in ("aim", "must", "missed", "unmeasured")]
            cells = [str(count or "") for count in counts]
        else:
            cells = ["", "", "", "모두 / all"]
        yield _line(f"[{row}](#{row})", " / ".join(title), *cells)


def _figures(result: Result) -> list[Figure]:
    return [Figure(**each) for each in result["figures"]]


def _table(figures: list[Figure]) -> Iterator[str]:
    yield _line("", "파발 / Pabal", "견줌 / peer", "값 / figure", "반드시 / must", "목표 / aim", "")
    yield f"{'|---' * 7}|\n"
    for each in figures:
        value = "" if each.value is None else _sized(each.value, each.unit)
        must, aim = (_bound(each, bound) for bound in (each.must, each.aim))
        yield _line(each.what, each.ours, each.peer, value, must, aim, MET[each.met])


def _whys(result: Result) -> Iterator[str]:
    """Why a figure misses what it must reach, or was not measured."""
    whys = [
        f"- {each.what}: {each.why}\n"
        for each in _figures(result)
        if each.why and each.met in {"missed", "unmeasured"}
    ]
    if whys:
        yield from [*whys, "\n"]


def _when(result: Result) -> str:
    small = " ".join(result["arguments"])
    return "".join(
        [
            f"**작은 시험 / a smaller run: `{small}`** · " if small else "",
            f"{result['measured']} · commit {result['commit']} · {result['machine']} · ",
            f"부하 / load {result['load']} · {result['took']} s\n",
        ]
    )


def _bound(figure: Figure, bound: float | None) -> str:
    if bound is None:
        return ""
    return f"{'≤' if figure.at_most else '≥'} {_sized(bound, figure.unit)}"


def _sized(value: float, unit: str) -> str:
    return f"{number(value)}{'' if unit in {'×', '%', ''} else ' '}{unit}"


def _line(*cells: str) -> str:
    return f"| {' | '.join(each.replace('|', chr(92) + '|') for each in cells)} |\n"


def merged(kept: Mapping[str, Result], left: Path) -> dict[str, Result]:
    """What is ``kept``, with what benches ``left`` in a folder since in its place."""
    results = dict(kept)
    for row in ROWS:
        path = left / f"{row}.json"
        if path.is_file():
            new = json.loads(path.read_text("utf-8"))
            if row not in kept or new["measured"] >= kept[row]["measured"]:
                results[row] = new
    return {row: results[row] for row in ROWS if row in results}


def main() -> None:
    """Write the page, its plots and what they are made of."""
    results = merged(json.loads(RESULTS.read_text("utf-8")), LEFT)
    text = json.dumps(results, ensure_ascii=False, indent=1)
    RESULTS.write_text(f"{text}\n", "utf-8")
    for path, page in pages(results).items():
        (DOCS / path).write_text(page, "utf-8")


if __name__ == "__main__":
    main()
