"""How the demo looks: a live board while it runs, the ledger at its end. Korean first."""

from __future__ import annotations

from rich.console import Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from service.demo.ledger import Ledger, percentile
from service.demo.papers import Papers
from service.demo.run import Progress


def board(progress: Progress) -> Group:
    """The live board."""
    table = Table.grid(padding=(0, 2))
    for label, value in (
        ("발행 / published", f"{progress.published} / {progress.of}"),
        ("저장 / stored", str(progress.stored)),
        ("사건 / stories", str(progress.stories)),
        ("알릴 것 / alerts owed", str(progress.owed)),
        ("받은 알림 / received", str(progress.received)),
        ("강제 종료 / kills", str(progress.kills)),
    ):
        table.add_row(Text(label, style="dim"), Text(value, style="bold", justify="right"))
    bar = ProgressBar(total=max(progress.of, 1), completed=progress.published, width=48)
    return Group(Text(f"파발 시연 · {progress.stage}", style="bold"), bar, table)


def report(ledger: Ledger, papers: Papers | None) -> Table:
    """The ledger as a table; what is wrong is said in words, not in colour alone.

    ``papers``: what a reader got beside it.
    """
    table = Table(title="장부 / ledger", show_header=False, title_justify="left")
    table.add_column(justify="left")
    table.add_column(justify="right")
    for label, value in [*_rows(ledger), *(papers.shown() if papers else ())]:
        table.add_row(Text(label), Text(value))
    return table


def _rows(ledger: Ledger) -> list[tuple[str, str]]:
    return [
        ("발행된 자료 / published", str(ledger.published)),
        ("  여러 사이트에 실린 수 / appearances", str(ledger.appearances)),
        ("  목록에 나타난 수 / seen", str(ledger.seen)),
        ("한 번씩 저장 / stored once", str(ledger.stored)),
        ("  저장되지 않았거나 두 번 / not stored, or twice", str(len(ledger.not_stored))),
        ("같은 글로 접음 / folded as copies", str(ledger.copies)),
        ("  그중 다른 번호의 글과 / of them with another release", str(ledger.joined)),
        ("알려야 할 사건 / alerts owed (plain reading)", str(ledger.owed)),
        ("보낸 알림 / sent", str(ledger.sent)),
        ("  그중 정정 / of them corrections", str(ledger.corrections)),
        ("발행→수신 / publication to receipt p50", _seconds(ledger.from_publication, 0.5)),
        ("발행→수신 / publication to receipt p99", _seconds(ledger.from_publication, 0.99)),
        ("목록→수신 / shown on a list to receipt p50", _seconds(ledger.from_showing, 0.5)),
        ("목록→수신 / shown on a list to receipt p99", _seconds(ledger.from_showing, 0.99)),
        ("되풀이, 같은 번호 / repeats with the same id", str(ledger.repeats)),
        ("강제 종료 / kills", str(ledger.kills)),
        ("  강제 종료 때 가던 것 / in flight at kills", str(ledger.in_flight_at_kills)),
        ("알릴 것이 아닌데 보냄 / sent though not owed", str(len(ledger.not_owed))),
        ("모르는 번호로 받음 / received but not on record", str(len(ledger.strangers))),
        ("다른 글인데 한 사건으로 / hidden behind another", str(len(ledger.merged))),
        ("놓침 / missed", str(len(ledger.missed))),
        ("두 번 보냄 / sent twice", str(len(ledger.twice))),
    ]


def _seconds(values: list[float], share: float) -> str:
    found = percentile(values, share)
    return "—" if found is None else f"{found:.2f} s"
