"""What the API works with, made once by the application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from service.search import Search
from service.store.database import Database
from service.web.api.cursors import Cursors
from service.web.means import Means


@dataclass(frozen=True, slots=True)
class Backing:
    """The store and what judges. ``search`` None: rules cannot be tried in this process."""

    database: Database
    means: Means
    search: Search | None
    cursors: Cursors


def _backing(request: Request) -> Backing:
    backing: Backing = request.app.state.backing
    return backing


House = Annotated[Backing, Depends(_backing)]
