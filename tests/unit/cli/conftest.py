from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from tests.commands import Pabal, run
from tests.conftest import logging_as_before


@pytest.fixture
def pabal() -> Iterator[Pabal]:
    """``pabal("read", "-", given="{}", PABAL_PORT="0")``: the command with streams of its own."""
    yield partial(run, PABAL_DATA="/dev/null/no-database-here")
    logging_as_before()
