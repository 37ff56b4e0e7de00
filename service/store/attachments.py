"""Attachments in the store: which file is owed, what it said, and why one said nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store import ops
from service.store.database import Wake, changed, wake
from service.store.leases import Leased
from service.store.rows import paused, record, still_owed
from service.store.tables import article, attachment


@dataclass(frozen=True, slots=True)
class OwedFile:
    """A file that is still to be read, claimed until its lease runs out.

    ``fence`` counts its claims, ``failures`` those that ended in a passing failure.
    """

    id: int
    article_id: int
    source_id: str
    name: str
    url: str
    baseline: bool
    fence: int
    failures: int


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a file for good: its ``text``, else the ``reason`` why there is none.

    ``detail`` says more of the reason, or what of the text is lacking.

    ``sha256`` and ``size`` are those of its bytes, None where none came.
    """

    sha256: bytes | None = None
    size: int | None = None
    container: str | None = None
    parser: str | None = None
    tables: int | None = None
    text: str | None = None
    reason: str | None = None
    detail: str | None = None


class Attachments(Leased):
    """Intentions about attachments, a transaction each."""

    _step, _table, _due = "attach", attachment, "due_at"
    _open, _whose = attachment.c.settled_at.is_(None), article.c.source_id

    async def claim_owed(self, source_id: str) -> OwedFile | None:
        """Claim the source's next file that is owed and due; None if none.

        A release that may concern somebody goes before the silent baseline, what was tried less
        before what was tried more, and the files of one article after each other.
        """
        of_it = article.c.id == attachment.c.article_id
        order = (article.c.baseline, *attachment.c["fence", "article_id", "document"])
        claim = self._next(source_id, of_it & ~paused(source_id), order).where(of_it)
        row = await self._row(claim.returning(*article.c["source_id", "baseline"]))
        return None if row is None else record(OwedFile, row)

    async def put_off(self, owed: OwedFile, problem: str, delay: float) -> None:
        """Try the file again after ``delay`` seconds."""
        await self._put_off(owed, delay, failures=attachment.c.failures + 1, detail=problem)

    async def settle(self, owed: OwedFile, settled: Settled, *, notice: bool = False) -> bool:
        """Record what became of a file and wake what comes next; False: another was faster.

        Where it gave no text the document's next format is due. The last file that was owed lets
        the article be read. ``notice`` asks for a person's eye: one item a source.
        """
        async with self._database.transaction() as tx:
            # Two files of one article settled at once: the later one must see the earlier.
            await tx.execute(
                sa.select(article.c.id)
                .where(article.c.id == owed.article_id)
                .with_for_update(key_share=True)
            )
            if not await self._change(tx, owed, settled_at=sa.func.now(), **asdict(settled)):
                return False
            if notice:
                detail = f"{owed.url}: {settled.detail}"
                await ops.note(tx, "file-unreadable", owed.source_id, detail)
            if settled.text is None and await _next_format(tx, owed):
                await wake(tx, [Wake("attach", owed.source_id)])
            elif not (await tx.execute(sa.select(still_owed(owed.article_id)))).scalar_one():
                await wake(tx, [Wake("read", str(owed.article_id))])
        return True


async def _next_format(tx: AsyncConnection, owed: OwedFile) -> bool:
    """Make the next format of the same document due, where it has one."""
    failed = sa.select(attachment.c.document).where(attachment.c.id == owed.id)
    spare = (
        sa.select(attachment.c.id)
        .where(
            attachment.c.article_id == owed.article_id,
            attachment.c.document == failed.scalar_subquery(),
            attachment.c.settled_at.is_(None),
            attachment.c.due_at.is_(None),
        )
        .order_by(attachment.c.rank)
        .limit(1)
    )
    chosen = attachment.c.id == spare.scalar_subquery()
    return await changed(tx, attachment, chosen, due_at=sa.func.now())
