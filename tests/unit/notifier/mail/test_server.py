from __future__ import annotations

import pytest

from notifier.errors import BadAddress
from notifier.mail.server import Server, parse_server


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("smtp://127.0.0.1", Server("127.0.0.1", 25, None, None)),
        ("smtp://mail:2525/", Server("mail", 2525, None, None)),
        ("smtps://user@mail.example.org", Server("mail.example.org", 465, "whole", "user")),
        (
            "smtp+starttls://a%40b.example@mail.example.org",
            Server("mail.example.org", 587, "started", "a@b.example"),
        ),
        ("smtps://[::1]:465", Server("::1", 465, "whole", None)),
    ],
)
def test_a_server_is_named_by_its_url(text: str, server: Server) -> None:
    assert parse_server(text) == server


@pytest.mark.parametrize(
    "text",
    [
        "", "mail.example.org", "https://mail.example.org", "smtp://", "smtp://a b", "smtp://a:b",
        "smtp://user@mail.example.org", "smtps://user:secret@mail.example.org", "smtps://[::1",
        "smtps://mail.example.org/path",
    ],
)  # fmt: skip
def test_whatever_is_no_server_or_gives_a_password_away_is_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        parse_server(text)
