"""docs/reliability.md of what was promised and what the tests reached: the end of ``make faults``.

``docs/faults/results.json`` keeps what every test showed when it last ran, so that a part can be
renewed alone and the page made again from it.
"""

from __future__ import annotations

import ast
import json
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, from wherever

from tests.faults.record import LINES, ROOT

PAGE = ROOT / "docs" / "reliability.md"
RESULTS = ROOT / "docs" / "faults" / "results.json"
PROMISES = Path(__file__).with_name("promises.toml")
SIGNS = {"met": "✓", "short": "◐", "failed": "✗", "none": "—"}
LONG = "[long]"
Results = dict[str, dict[str, dict[str, Any]]]  # by fault, by test; its long form is one of its own


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure that a fault asks for: ``of`` tells how it is taken of several tests.

    ``size`` is added up and has to be reached; of ``most`` the worst may not lie above ``bound``,
    of ``least`` not below.
    """

    name: str
    ko: str
    en: str
    of: str
    bound: float

    def reached(self, tests: Sequence[Mapping[str, Any]]) -> float | None:
        """What the tests reached in all; None where none of them says."""
        key = {"size": "sum", "most": "max", "least": "min"}[self.of]
        told = [each["figures"][self.name] for each in tests if self.name in each["figures"]]
        said: list[float] = [each[key] for each in told]
        if self.of == "size":
            return sum(said) if said else None
        return max(said, default=None) if self.of == "most" else min(said, default=None)

    def state(self, value: float | None) -> str:
        """``met``, ``short`` (less was tried, or nobody says) or ``failed``."""
        if value is None:
            return "short"
        if self.of == "most":
            return "met" if value <= self.bound else "failed"
        if value >= self.bound:
            return "met"
        return "short" if self.of == "size" else "failed"

    def row(self, value: float | None) -> str:
        """A row of the table of figures."""
        bound = {"size": "", "most": "≤ ", "least": "≥ "}[self.of] + _number(self.bound)
        sign = SIGNS[self.state(value)]
        if value is None:
            said = "재지 않음 · not measured"
        elif self.of == "size" and value < self.bound:
            said = f"{_number(self.bound)} 가운데 {_number(value)} · {_number(value)} of {bound}"
        else:
            said = _number(value)
        return f"| {self.ko} · {self.en} | {bound} | {sign} {said} |"


@dataclass(frozen=True, slots=True)
class Promise:
    """One fault: what is promised where it happens, and how that is to be shown."""

    number: int
    ko: str
    en: str
    criterion_ko: str
    criterion_en: str
    figures: tuple[Figure, ...]

    def state(self, tests: Sequence[Mapping[str, Any]]) -> str:
        """``none``, ``failed``, ``short`` or ``met``, by outcomes and figures."""
        if not any(each["passed"] + each["failed"] for each in tests):
            return "none"
        states = {figure.state(figure.reached(tests)) for figure in self.figures}
        if "failed" in states or any(each["failed"] for each in tests):
            return "failed"
        return "short" if "short" in states else "met"


def promises() -> list[Promise]:
    """All of them, by number."""
    return [
        Promise(
            **{name: value for name, value in each.items() if name != "wanted"},
            figures=tuple(_figures(each.get("wanted", {}))),
        )
        for each in _data()["fault"]
    ]


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(PROMISES.read_text("utf-8"))


def _figures(wanted: Mapping[str, Mapping[str, Any]]) -> Iterator[Figure]:
    for name, each in wanted.items():
        ((of, bound),) = [(key, each[key]) for key in ("size", "most", "least") if key in each]
        yield Figure(name, each["ko"], each["en"], of, bound)


def merged(kept: Results, lines: Sequence[Mapping[str, Any]]) -> Results:
    """What is kept, with each form of a test renewed that ran; tests that are gone are left out."""
    fresh: Results = {}
    for line in lines:
        tests, name = fresh.setdefault(str(line["fault"]), {}), _form(line["test"], line["long"])
        before = {} if name.endswith(".py") else tests.get(name, {})
        tests[name] = _added(before, line)  # of a script the last run counts
    both: Results = {fault: {} for fault in sorted({*kept, *fresh}, key=int)}
    for fault, tests in kept.items():
        both[fault] |= {_form(name, entry["long"]): entry for name, entry in tests.items()}
    for fault, tests in fresh.items():
        both[fault] |= tests
    return {
        fault: {name: tests[name] for name in sorted(tests) if exists(name)}
        for fault, tests in both.items()
    }


def _form(test: str, long: bool) -> str:
    """A test by its form: that the short one ran again says nothing of the long one."""
    return test.removesuffix(LONG) + (LONG if long and "::" in test else "")


def _added(entry: Mapping[str, Any], line: Mapping[str, Any]) -> dict[str, Any]:
    """One more case of a test."""
    counts = {each: entry.get(each, 0) for each in ("passed", "failed", "skipped")}
    counts[line["outcome"]] += 1
    figures = dict(entry.get("figures", {}))
    for name, value in line["figures"].items() if line["outcome"] != "skipped" else ():
        known = figures.get(name, {"sum": 0, "min": value, "max": value})
        figures[name] = {
            "sum": known["sum"] + value,
            "min": min(known["min"], value),
            "max": max(known["max"], value),
        }
    return {
        **counts,
        "reason": line["reason"] or entry.get("reason", ""),
        "long": line["long"],
        "seconds": round(entry.get("seconds", 0) + line["seconds"], 1),
        "figures": figures,
        **{name: line[name] for name in ("date", "commit", "machine")},
    }


def exists(test: str) -> bool:
    """Whether a test, or a script, stands where its name says."""
    path, *inside = test.removesuffix(LONG).split("::")
    return (ROOT / path).is_file() and (not inside or inside[0] in _defined(path))


@cache
def _defined(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    defined = [node.name for node in tree.body if isinstance(node, named)]
    assigned = [node.targets[0] for node in tree.body if isinstance(node, ast.Assign)]
    return frozenset([*defined, *map(ast.unparse, assigned)])


def page(results: Results) -> str:
    """docs/reliability.md."""
    known = [(each, list(results.get(str(each.number), {}).items())) for each in promises()]
    rows = ["| | 약속 | promise | |", "|---|---|---|---|"]
    for promise, tests in known:
        sign = SIGNS[promise.state([entry for _, entry in tests])]
        number = f"[{promise.number}](#{promise.number})"
        rows.append(f"| {number} | {promise.ko} | {promise.en} | {sign} |")
    head: str = _data()["head"]
    return head + "\n".join(rows) + "\n" + "".join(_part(*each) for each in known)


def _part(promise: Promise, tests: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    entries = [entry for _, entry in tests]
    lines = [f"\n## {promise.number}\n\n**{promise.ko}** / **{promise.en}**\n"]
    lines.append(f"{promise.criterion_ko} / {promise.criterion_en}\n")
    if not tests:
        return "\n".join([*lines, "아직 시험이 없습니다. / There is no test of it yet.\n"])
    if promise.figures:
        lines += ["| 무엇 · what | 정한 것 · set | 해 본 것 · reached |", "|---|---|---|"]
        lines += [each.row(each.reached(entries)) for each in promise.figures] + [""]
    lines += ["| 시험 · test | 결과 · outcome | 언제 · when |", "|---|---|---|"]
    lines += [_test(name, entry) for name, entry in tests]
    return "\n".join(lines) + "\n"


def _test(name: str, entry: Mapping[str, Any]) -> str:
    words = {"passed": "통과 · passed", "failed": "실패 · failed", "skipped": "건너뜀 · skipped"}
    said = [f"{word} {entry[each]}" for each, word in words.items() if entry[each]]
    reason = f" ({entry['reason']})" if entry["reason"] else ""
    long = ", 긴 것 · long" if entry["long"] else ""
    when = f"{entry['date']}, `{entry['commit'] or '?'}`, {entry['machine']}"
    test = name.removesuffix(LONG)
    return f"| `{test}` | {', '.join(said)}{reason}, {entry['seconds']} s{long} | {when} |"


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3g}"


def kept() -> Results:
    """What was recorded before."""
    said: Results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    return said


def main() -> None:
    """Take in what was written down since, and make the page again."""
    lines = LINES.read_text("utf-8").splitlines() if LINES.exists() else []
    results = merged(kept(), [json.loads(line) for line in lines])
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", "utf-8")
    PAGE.write_text(page(results), "utf-8")
    LINES.unlink(missing_ok=True)
    states = [each.state([*results.get(str(each.number), {}).values()]) for each in promises()]
    counts = ", ".join(f"{sign} {states.count(name)}" for name, sign in SIGNS.items())
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}: {counts}\n")


if __name__ == "__main__":
    main()
