import importlib
from pathlib import Path

import pytest

from scrapers import registry


def test_sources_are_found_by_folder_in_order() -> None:
    found = list(registry.sources())

    assert found == sorted(found)
    assert {"korea_kr", "mss_press", "mss_press_rss", "mofa_rss", "etoday", "yna", "mk"} <= set(
        found
    )


def test_a_file_without_a_source_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "some_sources"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "forgotten.py").write_text("OTHER = 1\n")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(TypeError, match=r"forgotten\.py declares no SOURCE"):
        registry.sources(importlib.import_module("some_sources"))
