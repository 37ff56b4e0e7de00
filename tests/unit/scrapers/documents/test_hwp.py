import pytest

from scrapers.documents.hwp import read_hwp
from scrapers.documents.model import DocumentError


def file_with(flags: int) -> bytes:
    header = b"HWP Document File".ljust(32, b"\0") + b"\0\0\5\5" + flags.to_bytes(4, "little")
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + header.ljust(512, b"\0")


def reason(content: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        read_hwp(content)
    return caught.value.reason


@pytest.mark.parametrize("bit", [1, 4, 8, 10])
def test_a_lock_is_told_before_anything_is_parsed(bit: int) -> None:
    assert reason(file_with(1 | 1 << bit)) == "encrypted"


@pytest.mark.parametrize("flags", [1, 1 | 1 << 2])
def test_a_file_that_holds_nothing_is_broken_for_either_parser(flags: int) -> None:
    assert reason(file_with(flags)) == "broken"
