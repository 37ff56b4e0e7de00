from __future__ import annotations

import pytest

from notifier.channels.console import Console
from notifier.errors import BadAddress


def test_the_only_address_is_a_dash() -> None:
    Console().check_address("-")

    with pytest.raises(BadAddress, match="콘솔의 주소"):
        Console().check_address("--")
