"""Revisits in the store: which page is looked at again, and what was found to have changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store import ops
from service.store.database import Database, Wake, wake
from service.store.leases import Leased, Owed
from service.store.opened import Opened, said
from service.store.refile import KeptFile, Listed, refile
from service.store.rows import PUBLISHED, WITHDRAWN, article_of, files_of, paused, still_owed
from service.store.tables import article, attachment, revision

_RETURNED = replace(WITHDRAWN, what="글이 한때 내려감 (away for a while)")


@dataclass(frozen=True, slots=True)
class Due(Owed):
    """A judged article whose page is to be looked at again, claimed until its lease runs out.

    ``unread``: its text could never be had, and it went out with the words of its list.
    """

    files: tuple[KeptFile, ...]
    unread: bool = False


class Revisits(Leased):
    """Intentions about looking again, a transaction each.

    ``ladder``: how long after an article was collected its page is looked at, rung by rung.
    """

    _step, _table, _due = "revisit", article, "look_due"
    # Nobody sent it on its way again meanwhile.
    _open = article.c.look_due.is_not(None) & article.c.triaged_at.is_not(None)
    _whose = article.c.source_id

    def __init__(self, database: Database, ladder: Sequence[timedelta]) -> None:
        """Work on ``database``; with no ``ladder`` nothing is looked at again."""
        super().__init__(database)
        self._ladder = ladder

    async def claim_due(self, source_id: str) -> Due | None:
        """Claim the source's next article whose look is due; None if none.

        One that is still on its way is left until it was judged.
        """
        if not self._ladder:
            await self._forget(source_id)
            return None
        claim = self._next(source_id, ~paused(source_id), order=article.c["look_due", "id"])
        async with self._database.transaction() as tx:
            row = (await tx.execute(claim)).one_or_none()
            if row is None:
                return None
            files = await tx.execute(
                sa.select(
                    *(attachment.c.id, attachment.c.name, attachment.c.url, attachment.c.sha256),
                    sa.func.coalesce(attachment.c.reason.in_(("not-fetched", "refused")), False),
                )
                .where(attachment.c.article_id == row.id)
                .order_by(attachment.c.position)
            )
            kept = tuple(KeptFile(*each) for each in files)
        return Due(article_of(row), row.fence, row.failures, kept, row.last_error is not None)

    async def put_off(self, due: Due, delay: float) -> None:
        """Look again after ``delay`` seconds."""
        await self._put_off(due, delay, failures=article.c.failures + 1)

    async def give_up(self, due: Due, problem: str, *, notice: bool) -> None:
        """Leave the article as it is until the next rung; ``notice`` asks for a person's eye."""
        async with self._database.transaction() as tx:
            if not await self._climb(tx, due):
                return
            if notice:
                await ops.note(tx, "post-unreadable", due.article.url, problem)

    async def unchanged(self, due: Due, files: Sequence[Listed]) -> None:
        """The page says what it said; only addresses of its files may have moved."""
        moved = [
            {"moved": each.kept.id, "to": each.file.url}
            for each in files
            if each.kept is not None and each.kept.url != each.file.url
        ]
        async with self._database.transaction() as tx:
            if not await self._climb(tx, due):
                return
            await _there(tx, due)
            if moved:
                await tx.execute(
                    sa.update(attachment)
                    .where(attachment.c.id == sa.bindparam("moved"))
                    .values(url=sa.bindparam("to")),
                    moved,
                )

    async def revise(
        self, due: Due, opened: Opened, files: Sequence[Listed], *, first: bool = False
    ) -> bool:
        """Keep what the article said and send it on its way again with what its page says now.

        ``first``: it is read for the first time, and no version of its page is behind it. False
        where another worker was faster.
        """
        values = said(opened, due.article)
        values |= {"read_at": None, "triaged_at": None, "swept": 0}
        async with self._database.transaction() as tx:
            if not await self._held(tx, due):
                return False
            await _there(tx, due)
            if first:
                values["last_error"] = None
                await ops.close(tx, "post-unreadable", due.article.url)
            else:
                await _keep(tx, due.id)
            await refile(tx, due.id, files)
            await self._climb(tx, due, **values)
            if (await tx.execute(sa.select(still_owed(due.id)))).scalar_one():
                await wake(tx, [Wake("attach", due.source_id)])
            else:
                await wake(tx, [Wake("read", str(due.id))])
        return True

    async def withdrawn(self, due: Due, problem: str) -> None:
        """The page is gone: the article stays as it is, and the next look may find it again."""
        async with self._database.transaction() as tx:
            if not await self._climb(tx, due):
                return
            await _keep(tx, due.id, changes=[asdict(WITHDRAWN)])
            await ops.note(tx, "post-withdrawn", due.article.url, problem)

    async def _held(self, tx: AsyncConnection, due: Due) -> bool:
        ours = sa.select(article.c.id).where(self._ours(due)).with_for_update(key_share=True)
        return (await tx.execute(ours)).one_or_none() is not None

    async def _climb(self, tx: AsyncConnection, due: Due, **values: object) -> bool:
        """End this look and wait for the first rung that is still ahead, if one is."""
        rung = sa.func.unnest(sa.cast(list(self._ladder), ARRAY(sa.Interval))).column_valued("rung")
        at = article.c.collected_at + rung
        ahead = sa.select(sa.func.min(at)).where(at > sa.func.now()).scalar_subquery()
        values |= {"look_due": ahead, "looks": article.c.looks + 1, "failures": 0}
        if not await self._change(tx, due, **values):
            return False
        wait = await tx.scalar(
            sa.select(article.c.look_due - sa.func.now()).where(article.c.id == due.id)
        )
        if wait is not None:
            await wake(tx, [Wake("revisit", due.source_id, after=wait)])
        return True

    async def _forget(self, source_id: str) -> None:
        """Look no more at what was to be looked at when there was a ladder."""
        owed = (article.c.source_id == source_id, article.c.look_due.is_not(None))
        await self._do(sa.update(article).where(*owed).values(look_due=None))


async def _there(tx: AsyncConnection, due: Due) -> None:
    """The page is there: if it was said to be gone, its site was under repair."""
    away = (revision.c.article_id == due.id, revision.c.changes == [asdict(WITHDRAWN)])
    back = sa.update(revision).where(*away).values(changes=[asdict(_RETURNED)])
    if (await tx.execute(back)).rowcount:
        await ops.close(tx, "post-withdrawn", due.article.url)


async def _keep(
    tx: AsyncConnection, article_id: int, changes: Sequence[dict[str, object]] | None = None
) -> None:
    """Keep what the article says as a revision; ``changes`` None: triage is to find them out.

    Where one waits for that already, or says the same, it is kept, as what was told last.
    """
    files = {
        name: sha256 and sha256.hex() for name, sha256 in (await files_of(tx, article_id)).items()
    }
    kept: dict[str, sa.ColumnElement[object]] = {
        "article_id": article.c.id,
        "title": article.c.read_title,
        "text": article.c.read_text,
        "publishers": article.c.publishers,
        "kind": article.c.kind,
        "published_at": PUBLISHED[0],
        "precision": PUBLISHED[1],
        "facts": article.c.facts,
        "files": sa.cast(files, JSONB),
    }
    kept["changes"] = sa.cast(sa.null() if changes is None else changes, JSONB)
    same = revision.c.changes.is_not_distinct_from(kept["changes"])
    waits = sa.exists().where(revision.c.article_id == article_id, same)
    row = sa.select(*kept.values()).where(article.c.id == article_id, ~waits)
    await tx.execute(insert(revision).from_select(list(kept), row))
