"""``pabal demo``: the main job on this machine alone, ending in a ledger."""

from __future__ import annotations

import asyncio
import json
import signal
import tempfile
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service import config
from service.errors import UserError
from service.model import SEOUL

if TYPE_CHECKING:
    from service.demo.ledger import Ledger
    from service.demo.run import Plan
    from service.demo.world import Release

_RULES = ("수출 (바우처 | 전시회 | 인증)", "관세 | FTA", "인도 -인도네시아")
_INVENTED, _HOURS, _SEED = 300, 3.0, 2026
_INVENTED_SPEED = 180.0  # three hours in a minute
_REPLAY_SPEED = 15_000.0  # a month in three minutes
_FAULTS = ("not_stored", "missed", "not_owed", "twice", "strangers")


_Replay = Annotated[
    Path | None, typer.Option(help="실제 한 달을 재생 / a recorded month, .jsonl or .jsonl.gz")
]
_Speed = Annotated[
    float | None, typer.Option(min=1, help="몇 배 빠르게 / how many times faster than life")
]
_Rules = Annotated[
    Path | None, typer.Option(help="규칙 파일, 한 줄에 하나 / a file of rules, one a line")
]
_Rule = Annotated[list[str] | None, typer.Option(help="규칙 (여러 번) / a rule, repeatable")]
_Kills = Annotated[
    int, typer.Option(min=0, max=50, help="도중에 서비스를 죽이는 횟수 / SIGKILLs on the way")
]
_SlowSink = Annotated[
    float,
    typer.Option(min=0, help="받는 쪽이 답하는 데 걸리는 초 / seconds the receiver takes"),
]
_Seed = Annotated[int, typer.Option(help="지어내기와 난수의 시드 / of what is invented and random")]
_Count = Annotated[int, typer.Option(min=1, help="지어낼 자료 수 / releases to invent")]
_Keep = Annotated[
    Path | None,
    typer.Option(help="메일·피드·달력을 둘 폴더 / keep a mail, the feed, the calendar here"),
]
_Report = Annotated[
    Path | None, typer.Option(help="장부를 JSON으로도 / write the ledger as JSON too")
]


def demo(
    replay: _Replay = None,
    speed: _Speed = None,
    rules: _Rules = None,
    rule: _Rule = None,
    kills: _Kills = 0,
    slow_sink: _SlowSink = 0.0,
    seed: _Seed = _SEED,
    count: _Count = _INVENTED,
    keep: _Keep = None,
    report: _Report = None,
) -> None:
    """인터넷 없이 해 보고 장부로 대조합니다. / Try it without internet, ending in a ledger.

    사이트 복제본을 살피고 알림을 보낸 뒤, 낸 것과 받은 것을 맞춰 봅니다. / The service watches a
    replica of real sites on this machine, a subscriber gets alerts, and a ledger holds the two
    together. Exit 1 if anything was missed, sent twice, not stored or not owed.
    """
    from service.demo.run import Plan  # noqa: PLC0415

    database_url = _spare(config.from_environment().database_url)
    fast = speed or (_INVENTED_SPEED if replay is None else _REPLAY_SPEED)
    with tempfile.TemporaryDirectory(prefix="pabal-demo-") as home:
        Path(home).chmod(0o755)  # the embedded PostgreSQL of root runs as another account
        plan = Plan(
            _invented(seed, count) if replay is None else _recorded(replay),
            replay is None,
            _rules(rules, rule),
            fast,
            kills,
            slow_sink,
            seed,
            Path(home),
            database_url,
        )
        ledger = _play(plan, keep)
    if report is not None:
        report.write_text(json.dumps(_figures(ledger), ensure_ascii=False, indent=1))
    raise typer.Exit(0 if ledger.clean else 1)


def _spare(url: str | None) -> str | None:
    """The configured database if it is one for trying things out; never one with real news."""
    if url is not None and not url.partition("?")[0].endswith(("_demo", "_test")):
        raise UserError(
            "시연은 이름이 _demo나 _test로 끝나는 데이터베이스만 씁니다 "
            "(the demo only uses a database whose name ends in _demo or _test): PABAL_DATABASE_URL"
        )
    return url


def _invented(seed: int, count: int) -> list[Release]:
    from service.demo import invent  # noqa: PLC0415

    start = datetime.now(SEOUL) - timedelta(hours=_HOURS)  # the edge: a demo is about now
    return invent.releases(seed, count, start, _HOURS)


def _recorded(file: Path) -> list[Release]:
    from service.demo.replay import ReplayError, load  # noqa: PLC0415

    try:
        releases = load(file)
    except OSError as error:
        raise UserError(f"{file}: {error.strerror}") from error
    except ReplayError as error:
        raise UserError(f"재생할 수 없습니다 (cannot be replayed): {error}") from error
    if not releases:
        raise UserError(f"{file}: 재생할 것이 없습니다 (nothing to replay)")
    return releases


def _rules(file: Path | None, typed: list[str] | None) -> tuple[str, ...]:
    from service.judging.logic import Field, atoms  # noqa: PLC0415
    from service.judging.rules import parse  # noqa: PLC0415

    written = list(typed or ())
    if file is not None:
        try:
            written += [line for line in file.read_text("utf-8").splitlines() if line.strip()]
        except OSError as error:
            raise UserError(f"{file}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise UserError(f"{file}: UTF-8이 아닙니다 (not UTF-8)") from error
    for each in written:
        if any(isinstance(atom, Field) for atom in atoms(parse(each))):
            raise UserError(
                f"{each}: 시연의 장부는 낱말만 셉니다 (the demo reckons words, not filters)"
            )
    return tuple(written) or _RULES


def _play(plan: Plan, keep: Path | None) -> Ledger:
    from rich.console import Console  # noqa: PLC0415
    from rich.live import Live  # noqa: PLC0415

    from service.demo import view  # noqa: PLC0415
    from service.demo.process import ServiceDied  # noqa: PLC0415
    from service.demo.run import Demo  # noqa: PLC0415

    console = Console()
    demo = Demo(plan)

    async def show() -> Ledger:
        playing = asyncio.create_task(demo.run())
        # Ended from outside, the service it started ends first.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, playing.cancel)
        with Live(console=console, auto_refresh=False, transient=True) as live:
            while not playing.done():
                if console.is_terminal:
                    live.update(view.board(demo.progress), refresh=True)
                await asyncio.wait({playing}, timeout=0.25)
        return await playing

    try:
        ledger = asyncio.run(show())
    except asyncio.CancelledError:
        raise typer.Exit(143) from None
    except ServiceDied as error:
        raise UserError(f"서비스가 멈췄습니다 (the service ended): {error}") from error
    console.print(view.report(ledger, demo.papers))
    if keep is not None and demo.papers is not None:
        demo.papers.keep(keep)
    for name in _FAULTS:
        if found := getattr(ledger, name):
            console.print(f"{name}: {found[:20]}")
    clean = ledger.clean
    console.print("✓ 놓친 것도 두 번 보낸 것도 없습니다." if clean else "✗ 장부가 맞지 않습니다.")
    console.print("  Nothing missed, nothing twice." if clean else "  The ledger does not balance.")
    return ledger


def _figures(ledger: Ledger) -> dict[str, object]:
    from service.demo.ledger import percentile  # noqa: PLC0415

    figures: dict[str, object] = {}
    for name, value in asdict(ledger).items():
        if name.startswith("from_"):
            figures |= {f"{name}_p{p}": percentile(value, p / 100) for p in (50, 99)}
        else:
            figures[name] = len(value) if isinstance(value, list) else value
    return figures
