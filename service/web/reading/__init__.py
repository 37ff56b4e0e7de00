"""The pages that everybody reads: stories, search, ministries, calls, charts, coverage."""

from __future__ import annotations

from fastapi import FastAPI

from service.store.browse import Browse
from service.store.database import Database
from service.store.open_calls import OpenCalls
from service.store.reach import Reaches
from service.store.releases import Releases
from service.store.tallies import Tallies
from service.web.means import Means
from service.web.reading.calls import add_calls
from service.web.reading.charts import add_charts
from service.web.reading.coverage import add_coverage
from service.web.reading.front import add_front
from service.web.reading.ministry import add_ministry
from service.web.reading.search import add_search
from service.web.reading.story import add_story
from service.web.shell import Shell


def add_reading(app: FastAPI, house: Shell, database: Database, means: Means) -> None:
    """Add the pages to ``app``."""
    registry = means.values.registry
    add_front(app, house, Browse(database), registry)
    add_story(app, house, Releases(database), registry)
    add_search(app, house, means.search(database), means.values)
    add_ministry(app, house, database, registry)
    add_calls(app, house, OpenCalls(database), registry)
    add_charts(app, house, Tallies(database), registry)
    add_coverage(app, house, Reaches(database))
