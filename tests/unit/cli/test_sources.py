import subprocess
from collections.abc import Callable

from scrapers.registry import sources

Pabal = Callable[..., subprocess.CompletedProcess[str]]


def test_every_source_is_listed_and_one_that_is_off_says_why(pabal: Pabal) -> None:
    lines = {line.split()[0]: line for line in pabal("sources", "list").stdout.splitlines()}

    assert set(lines) == set(sources())
    for name, source in sources().items():
        assert source.first().url in lines[name]
        assert lines[name].endswith(f"(꺼짐 / off: {source.off})") is (source.off is not None)


def test_what_a_source_declares_is_shown_with_why_it_is_off(pabal: Pabal) -> None:
    shown = pabal("sources", "show", "sedaily").stdout.splitlines()

    assert f"off: {sources()['sedaily'].off}" in shown
