from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.unwritable import HARDSHIPS, Hardship, small_disk


@pytest.fixture
def data(reachable_dir: Path) -> Path:
    return reachable_dir / "data"


@pytest.fixture
def place(hardship: Hardship, reachable_dir: Path) -> Iterator[Path]:
    """Where the data lies: on a small disk of its own where that is to be filled."""
    if HARDSHIPS[hardship][0] != "disk_full":
        yield reachable_dir / "data"
        return
    (reachable_dir / "disk").mkdir()
    with small_disk(reachable_dir / "disk") as disk:
        yield disk / "data"
