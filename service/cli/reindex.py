"""``pabal reindex``: every judged article is entered in the search index again."""

from __future__ import annotations

import typer

from service.terminal import begin, in_store


def reindex() -> None:
    """검색 색인을 다시 만듭니다. / Enter every article in the search index again.

    일꾼이 새 글부터 차례로 합니다. 그동안에도 예전 색인으로 찾습니다. / Workers do it, the newest
    first; until then everything is found as before.
    """
    from service.store.search import Searching  # noqa: PLC0415

    owed = in_store(begin(), lambda database: Searching(database).again())
    typer.echo(f"{owed}건을 다시 넣습니다 / {owed} articles to be entered again")
