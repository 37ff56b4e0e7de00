"""No mail of ours is answered by a mail of ours.

That what comes back causes no mail is in ``tests/store/test_bounces.py``.
"""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from notifier.errors import BadAddress, Undeliverable
from notifier.model import ChannelOptions, Message, Notice
from notifier.registry import open_channel
from service.reading.returned import read_returned

VERP = "bounces+0197c5a2-0000-4000-8000-000000000001@return.example"
OPTIONS = ChannelOptions(
    mail_server="smtp://127.0.0.1:9",
    mail_from="파발 <alerts@pabal.example>",
    mail_bounces="bounces@return.example",
)
OWN = """
alerts@pabal.example ALERTS@Pabal.Example alerts+x@pabal.example Alerts+a+b@PABAL.EXAMPLE
bounces@return.example BOUNCES@return.example bounces+1@return.example postmaster@a.example
MAILER-DAEMON@a.example noreply@a.example no-reply@a.example bounces@a.example abuse@a.example
"""


@pytest.mark.parametrize("address", [*OWN.split(), VERP])
async def test_no_mail_goes_to_ourselves_or_to_a_program(address: str) -> None:
    channel = open_channel("mail", OPTIONS)
    with pytest.raises(BadAddress):
        channel.check_address(address)
    with pytest.raises(Undeliverable):  # nor where it was written into the table
        await channel.send(Message("msg_1", address, None, Notice("구독", "알림", ()), 1))
    await channel.aclose()


ANSWERS = {
    "absence": {"Auto-Submitted": "auto-replied", "Subject": "Out of office"},
    "absence that ends": {"Auto-Submitted": "auto-replied", "Subject": "unsubscribe"},
    "old absence": {"Precedence": "auto_reply", "Subject": "unsubscribe"},
    "x-autoreply": {"X-Autoreply": "yes", "Subject": "unsubscribe"},
    "x-autorespond": {"X-Autorespond": "1", "Subject": "수신거부"},
    "ticket": {"Subject": "[#12] We have received your request", "From": "help@a.example"},
    "challenge": {"Subject": "Please confirm your message", "From": "guard@a.example"},
    "our own alert": {"Auto-Submitted": "auto-generated", "Subject": "[정정] 모집 공고"},
    "delayed": {"From": "MAILER-DAEMON@a.example", "Subject": "Warning: still trying"},
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_an_answer_of_a_program_is_nothing_to_us(kind: str) -> None:
    mail = EmailMessage()
    for name, value in {"From": "reader@a.example", "To": VERP, **ANSWERS[kind]}.items():
        mail[name] = value
    mail.set_content("자동으로 보낸 답입니다. An automatic answer.\n")

    assert read_returned(mail.as_bytes()) is None
