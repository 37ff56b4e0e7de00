from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def data(reachable_dir: Path) -> Path:
    return reachable_dir / "data"
