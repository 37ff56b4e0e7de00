from __future__ import annotations

from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.mail.blocks import _again, cut, encoded, joined

LINES = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=40)
HOLES = {"«이름»": "name", "«링크»": "link"}


def _read(shown: bytes) -> list[str]:
    return [line.rstrip(" ") for line in b64decode(shown).decode().split("\r\n")]


@given(
    st.lists(LINES | st.sampled_from(["«이름»", "100 % «이름» %b", "«링크»«이름»"]), max_size=20),
    LINES,
)
def test_what_is_cut_reads_as_if_it_had_been_written_at_once(lines: list[str], name: str) -> None:
    values = {"name": name.encode(), "link": b"https://a.example"}
    shown = joined(cut("\n".join(lines), HOLES), values)

    whole = "\n".join(lines).replace("«이름»", name).replace("«링크»", "https://a.example")
    expected = [each.rstrip(" ") for each in whole.split("\n")]
    assert [each for each in _read(shown) if each] == [each for each in expected if each]


@given(st.lists(LINES, min_size=1, max_size=20))
def test_no_line_of_base64_is_too_long_or_ends_what_follows(lines: list[str]) -> None:
    shown = joined(cut("\n".join(lines), HOLES), {})

    assert b"=" not in shown
    assert all(len(each) <= 76 for each in shown.split(b"\r\n"))


@pytest.mark.parametrize("length", range(2, 8))
def test_a_run_is_filled_up_before_its_last_line_ends(length: int) -> None:
    run = b"a" * (length - 2) + b"\r\n"

    read = b64decode(encoded(run))
    assert len(read) % 3 == 0
    assert read.replace(b" ", b"") == run


def test_what_a_text_has_alone_is_not_kept() -> None:
    before = _again.cache_info()
    joined(cut("아침 소식\n" * 2000, {}), {})
    assert _again.cache_info() == before
