"""The pages that everybody reads: stories, search, ministries, calls, charts, coverage."""

from __future__ import annotations

from fastapi import FastAPI

from service.reading.publishers import Registry
from service.search import Search
from service.store.browse import Browse
from service.store.database import Database
from service.store.releases import Releases
from service.store.search import Searching
from service.web.means import Means
from service.web.reading.answers import add_answers
from service.web.reading.front import add_front
from service.web.reading.search import add_search
from service.web.reading.story import add_story
from service.web.shell import Shell


def add_reading(app: FastAPI, house: Shell, database: Database, means: Means) -> None:
    """Add the pages to ``app``."""
    registry = Registry.load()
    add_front(app, house, Browse(database), registry)
    add_story(app, house, Releases(database), registry)
    search = Search(Searching(database), means.tools) if means.tools else None
    add_search(app, house, search, means.values)
    add_answers(app, house, database, registry)
