from __future__ import annotations

import asyncio
import imaplib
import json
import mailbox
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from service.bounces import Bounces, Box, Imap, opener
from service.model import Returned
from service.reading.told_of_mail import read_event
from service.schedule import Schedule
from service.store import bounces
from service.store.sources import Sources
from service.watch import Watch
from tests.channels.mailbox import certified

OURS = "3f2b8c1e-5d44-4a6f-9e0b-7c1d2e3f4a5b"
END = f"From: reader@example.kr\nTo: bounces+{OURS}@pabal.example\nSubject: unsubscribe\n\n"
LETTER = f"From: reader@example.kr\nTo: bounces+{OURS}@pabal.example\nSubject: question\n\n?\n"


class Store:
    """Knows one mail."""

    def __init__(self) -> None:
        self.settled: list[Returned] = []
        self.troubles: list[str | None] = []

    async def seen(self, trouble: str | None) -> None:
        self.troubles.append(trouble)

    async def settle(self, returned: Returned) -> bool:
        self.settled.append(returned)
        return returned.message_id == UUID(OURS)


def _bounces(opened: Any) -> tuple[Bounces, list[Returned]]:
    store = Store()
    return Bounces(cast(bounces.Returns, store), opened), store.settled


@pytest.fixture
def box(tmp_path: Path) -> mailbox.Maildir:
    return mailbox.Maildir(tmp_path / "bounces")


async def test_what_is_understood_is_removed_and_the_rest_left_for_a_person(
    box: mailbox.Maildir, tmp_path: Path
) -> None:
    box.add(END)
    box.add(LETTER)
    step, settled = _bounces(opener(str(tmp_path / "bounces"), ""))
    (read := tmp_path / "bounces" / "cur" / "1.read:2,RS").symlink_to("nowhere")

    assert await step.read() == 1
    assert await step.read() == 0
    read.unlink()  # what somebody has read was not even opened
    assert settled == [Returned(UUID(OURS), "end", "unsubscribe")]
    [left] = box
    assert (left["Subject"], left.get_flags()) == ("question", "S")


async def test_a_mail_that_cannot_be_read_holds_up_no_other(
    box: mailbox.Maildir, tmp_path: Path
) -> None:
    box.add(
        f"To: bounces+{OURS}@x\nFrom: postmaster\nContent-Type: text/plain; charset*=a\0b''x\n\n?\n"
    )
    box.add(END)
    step, _ = _bounces(opener(str(tmp_path / "bounces"), ""))

    assert await step.read() == 1
    assert [mail.get_flags() for mail in box] == ["S"]


async def test_a_mail_of_somebody_elses_number_is_left(
    box: mailbox.Maildir, tmp_path: Path
) -> None:
    box.add(END.replace(OURS, str(UUID(int=1))))
    step, _ = _bounces(opener(str(tmp_path / "bounces"), ""))

    assert await step.read() == 0
    assert len(box) == 1


async def test_a_mailbox_that_is_not_there_is_told_a_person_and_tried_again(tmp_path: Path) -> None:
    step, _ = _bounces(opener(str(tmp_path / "none"), ""))

    assert await step.read() == 0
    mailbox.Maildir(tmp_path / "none")
    assert await step.read() == 0
    told, over = cast(Store, step.store).troubles
    assert told is not None
    assert over is None


async def test_without_a_mailbox_nothing_is_read() -> None:
    step, _ = _bounces(None)

    assert await step.read() == 0


class Server:
    """An IMAP server with two mails; what is said to it, and no more of the protocol."""

    def __init__(self) -> None:
        self.mails = {b"7": END.encode(), b"9": LETTER.encode()}
        self.flags: dict[str, str] = {}

    def select(self, folder: str) -> tuple[str, list[bytes]]:
        return ("OK" if folder == '"Bounces"' else "NO"), [b"2"]

    def uid(self, command: str, *said: str) -> tuple[str, list[Any]]:
        if command == "SEARCH":
            return "OK", [b" ".join(self.mails)]
        if command == "FETCH":
            return "OK", [(b"1 (BODY[]<0> {9}", self.mails[said[0].encode()]), b")"]
        self.flags[said[0]] = said[2]
        return "OK", [None]

    def expunge(self) -> tuple[str, list[Any]]:
        gone = [key for key in self.mails if "Deleted" in self.flags.get(key.decode(), "")]
        for key in gone:
            del self.mails[key]
        return "OK", [None]


async def test_a_mailbox_of_an_imap_server_is_read_in_the_same_way() -> None:
    server = Server()

    @contextmanager
    def opened() -> Iterator[Box]:
        yield Imap(cast(imaplib.IMAP4, server), "Bounces")

    step, settled = _bounces(opened)

    assert await step.read() == 1
    assert len(settled) == 1
    assert server.flags == {"7": r"(\Seen \Deleted)", "9": r"(\Seen)"}
    assert list(server.mails) == [b"9"]


async def test_a_folder_that_is_not_there_is_tried_again_later() -> None:
    @contextmanager
    def opened() -> Iterator[Box]:
        yield Imap(cast(imaplib.IMAP4, Server()), "none")

    step, _ = _bounces(opened)

    assert await step.read() == 0


@pytest.mark.parametrize("trusted", [True, False])
async def test_only_a_server_whose_certificate_is_trusted_is_told_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, trusted: bool
) -> None:
    certificate, key = certified()
    pem = certificate.public_bytes(Encoding.PEM)
    file = tmp_path / "server.pem"
    file.write_bytes(pem + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(file)
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK\r\n")
        async for line in reader:
            heard.append(line)
            said = b"NO" if b"LOGIN" in line else b"OK"
            writer.write(b"* CAPABILITY IMAP4REV1\r\n%s %s .\r\n" % (line.split()[0], said))
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls) as server:
        port = server.sockets[0].getsockname()[1]
        step, _ = _bounces(opener(f"imaps://pabal@127.0.0.1:{port}", "hidden"))
        assert await step.read() == 0

    assert (b"hidden" in b"".join(heard)) == trusted
    [told] = cast(Store, step.store).troubles
    assert told is not None
    assert ("CERTIFICATE_VERIFY_FAILED" in told) != trusted


def mailgun(reason: str = "bounce", **status: object) -> dict[str, object]:
    failed = {"event": "failed", "severity": "permanent", "reason": reason}
    return {"event-data": {**failed, "delivery-status": status, "id": f"msg_{OURS}"}}


def postmark(kind: str, **more: object) -> dict[str, object]:
    """It knows a mail by a number of its own; ours is in what the mail said of itself."""
    named = {"MessageID": str(UUID(int=9)), "Metadata": {"Delivery": f"msg_{OURS}"}}
    return {"RecordType": kind, **named, **more}


AWAY = {"bounceType": "Transient", "bounceSubType": "General",
        "bouncedRecipients": [{"emailAddress": "away@a.example"}]}  # fmt: skip
SES = {
    "notificationType": "Bounce",
    "bounce": {"bounceType": "Permanent"},
    "mail": {"source": f"bounces+{OURS}@pabal.example"},
}


@pytest.mark.parametrize(
    ("said", "fate"),
    [
        (SES, "gone"),
        ({"Type": "Notification", "Message": json.dumps(SES)}, "gone"),
        ({**SES, "bounce": {"bounceType": "Transient"}}, "refused"),
        ({**SES, "bounce": AWAY}, None),
        ({**SES, "bounce": {**AWAY, "bouncedRecipients": [{"action": "failed"}]}}, "refused"),
        ({**SES, "notificationType": "Complaint", "bounce": None,
          "complaint": {"complaintFeedbackType": "not-spam"}}, None),
        ({"eventType": "Complaint", "mail": {"id": f"msg_{OURS}"}}, "complaint"),
        (
            {"event-data": {"event": "failed", "severity": "permanent", "id": f"msg_{OURS}@x"}},
            "gone",
        ),
        ({"event-data": {"event": "failed", "severity": "temporary", "id": f"msg_{OURS}"}}, None),
        (mailgun(code=552, message="requested action aborted"), "refused"),
        (mailgun(code=550, message="5.2.2 no room"), "refused"),
        (mailgun(code=550, message="편지함 용량 초과"), "refused"),
        (mailgun(code=550, message="5.1.1 no such user"), "gone"),
        (mailgun("suppress-bounce", code=605), "refused"),
        (mailgun("espblock", code=550), "refused"),
        (mailgun("suppress-complaint", code=607), "gone"),
        ({"event-data": {"event": "failed", "severity": "permanent", "reason": "old",
                         "id": f"msg_{OURS}"}}, "refused"),
        ({"event-data": {"event": "failed", "severity": "temporary", "reason": "old",
                         "id": f"msg_{OURS}"}}, "refused"),
        ({"event-data": {"event": "complained", "id": f"msg_{OURS}"}}, "complaint"),
        ({"event-data": {"event": "delivered", "id": f"msg_{OURS}"}}, None),
        ({"RecordType": "Bounce", "Type": "HardBounce", "MessageID": f"msg_{OURS}"}, "gone"),
        ({"RecordType": "Bounce", "Type": "SoftBounce", "MessageID": f"msg_{OURS}"}, "refused"),
        (postmark("Bounce", Type="AutoResponder"), None),
        (postmark("Bounce", Type="Blocked"), "refused"),
        (postmark("Bounce", Type="Unsubscribe"), "end"),
        (postmark("SubscriptionChange", SuppressSending=True), "end"),
        (postmark("SubscriptionChange", SuppressSending=False), None),
        ({"RecordType": "SpamComplaint", "MessageID": f"msg_{OURS}"}, "complaint"),
        ([{"event": "bounce", "type": "bounce", "smtp-id": f"<msg_{OURS}@pabal.example>"}], "gone"),
        ([{"event": "bounce", "type": "bounce", "reason": "552 5.2.2 mailbox full",
           "smtp-id": f"<msg_{OURS}@x>"}], "refused"),
        ({**SES, "bounce": {"bounceType": "Permanent", "bouncedRecipients": [
            {"status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 over quota"}]}}, "refused"),
        ({"RecordType": "Bounce", "Type": "HardBounce", "Details": "smtp;552 5.2.2 full",
          "MessageID": f"msg_{OURS}"}, "refused"),
        ([{"event": "bounce", "type": "blocked", "smtp-id": f"<msg_{OURS}@x>"}], "refused"),
        ([{"event": "spamreport", "smtp-id": f"<msg_{OURS}@x>"}], "complaint"),
        ([{"event": "open", "smtp-id": f"<msg_{OURS}@x>"}, 7, None], None),
        ({"RecordType": "Bounce", "Type": "HardBounce", "MessageID": "theirs"}, None),
        ("text", None),
    ],
)  # fmt: skip
async def test_what_a_provider_says_is_settled_alike(said: object, fate: str | None) -> None:
    step, settled = _bounces(None)

    assert await step.heard(json.dumps(said).encode()) == (fate is not None)
    assert [each.fate for each in settled] == ([fate] if fate else [])


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b'{"Message": "{"}', b"\xff", b"null"])
def test_what_is_no_event_says_nothing(body: bytes) -> None:
    assert read_event(body) == []


async def test_a_schedule_reads_the_mailbox_where_there_is_one(box: mailbox.Maildir) -> None:
    box.add(END)
    step, settled = _bounces(opener(str(box._path), ""))
    unused = cast(Any, None)
    watch = Watch({}, unused, 1.0)
    for bounced, jobs in ((step, 1), (None, 0)):
        schedule = Schedule(unused, Sources(unused), (), 1.0, watch, bounces=bounced)
        schedule.start()
        assert schedule._scheduler is not None
        found = [job for job in schedule._scheduler.get_jobs() if job.id == "bounces"]
        for job in found:
            await job.func()
        schedule.stop()
        assert len(found) == jobs

    assert [each.fate for each in settled] == ["end"]
