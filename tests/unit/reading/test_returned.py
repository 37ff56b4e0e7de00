"""Mail that comes back, as many kinds of servers write it; every server and reader is invented."""

from __future__ import annotations

import random
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.mime.text import MIMEText
from uuid import UUID

import pytest

from service.model import Returned
from service.reading.returned import read_returned

OURS = "3f2b8c1e-5d44-4a6f-9e0b-7c1d2e3f4a5b"
BACK = f"bounces+{OURS}@pabal.example"
SENT = (
    "To: reader@example.kr\r\nSubject: =?utf-8?b?7JWM66a8?=\r\n"
    f"Message-ID: <msg_{OURS}@pabal.example>\r\n"
)
GONE = [
    ("5.1.1", "550 5.1.1 <reader@example.kr>: Recipient address rejected: User unknown"),
    ("5.1.1", "550-5.1.1 The account that you tried to reach is not there. 550 5.1.1 NoSuchUser"),
    ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found by SMTP address lookup"),
    ("5.1.2", "550 5.1.2 bad destination system: no such domain"),
    ("5.2.1", "550 5.2.1 The account is inactive"),
    ("5.1.6", "551 5.1.6 mailbox has moved, no forwarding address"),
    ("5.0.0", "550 5.1.1 unknown or illegal alias"),
    ("5.0.0", "550 no such user here"),
    ("5.0.0", "554 delivery error: this user doesn't have an account; mailbox not found"),
    ("5.1.0", "550 #5.1.0 Address rejected: invalid recipient"),
    ("5.0.0", "550 존재하지 않는 사용자입니다"),
]
REFUSED = [
    ("5.2.2", "552 5.2.2 over quota"),
    ("4.2.2", "452 4.2.2 mailbox full"),
    ("5.0.0", "550 mailbox unavailable: the mailbox of this reader is full"),
    ("5.1.1", "550 5.1.1 user is over quota"),
    ("5.2.1", "550 5.2.1 The user is receiving mail at a rate that prevents more"),
    ("5.2.1", "550 5.2.1 편지함이 가득 찼습니다"),
    ("5.0.0", "552 recipient rejected"),
    ("5.7.1", "550 5.7.1 message content rejected as spam"),
    ("5.7.26", "550 5.7.26 unauthenticated mail is not accepted"),
    ("5.7.1", "554 5.7.1 Service unavailable; client host [192.0.2.1] blocked"),
    ("4.4.7", "451 4.4.7 delivery time expired"),
    ("4.4.1", "connect to mail.example.kr[192.0.2.2]:25: timed out"),
    ("5.3.4", "552 5.3.4 message too big"),
    ("5.1.8", "553 5.1.8 sender address rejected"),
    ("5.1.7", "550 5.1.7 invalid sender"),
    ("5.0.0", "554 transaction failed"),
    ("5.4.6", "554 5.4.6 routing loop"),
]


def _report(kind: str, text: str, body: str, sent: str, *, charset: str = "utf-8") -> bytes:
    """A multipart/report, with the headers of what was sent in its third part."""
    note = MIMEText(text, "plain", charset).as_string()
    parts = [note, body, sent]
    inner = "".join(f"--xx\n{each}\n" for each in parts)
    return (
        "Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mail.example.kr>\n"
        f"To: {BACK}\nSubject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\n"
        f"MIME-Version: 1.0\nContent-Type: multipart/report; report-type={kind}; boundary=xx\n\n"
        f"{inner}--xx--\n"
    ).encode(charset, "replace")


def _status(action: str, status: str, diagnostic: str, style: int) -> str:
    """The machine's part, as five families of servers fill it in."""
    mta = ("Reporting-MTA: dns; mail.example.kr", "Reporting-MTA: dns;mail.example.kr")[style % 2]
    whole = {
        0: f"Diagnostic-Code: smtp; {diagnostic}",
        1: f"Diagnostic-Code: smtp;{diagnostic}\nRemote-MTA: dns; mx.example.kr",
        2: f"Remote-MTA: dns; mx.example.kr (192.0.2.9)\nDiagnostic-Code: SMTP; {diagnostic}",
        3: f"Diagnostic-Code: x-unix; {diagnostic}",
        4: f"Diagnostic-Code: smtp;\n {diagnostic}",
    }[style]
    shown = (action, action.capitalize(), f"{action} (gave up)")[style % 3]
    return (
        f"Content-Type: message/delivery-status\n\n{mta}\nX-Queue-ID: 4F1\n\n"
        f"Final-Recipient: rfc822; reader@example.kr\nAction: {shown}\n"
        f"Status: {status}{' (no)' if style == 3 else ''}\n{whole}\n"
    )


def _sent(form: int) -> str:
    """What servers give back of a mail: all, its headers, its headers in base64, or nothing."""
    headers = SENT.replace("\r\n", "\n")
    coded = b64encode(SENT.encode()).decode()
    return (
        f"Content-Type: message/rfc822\n\n{headers}\nbody\n",
        f"Content-Type: text/rfc822-headers\n\n{headers}",
        f"Content-Type: text/rfc822-headers\nContent-Transfer-Encoding: base64\n\n{coded}\n",
        "Content-Type: text/plain\n\n(withheld)\n",
    )[form]


NOTES = [
    ("I'm sorry to have to inform you that your message could not be delivered.", "utf-8"),
    ("보내신 메일이 배달되지 못했습니다. 주소를 확인하십시오.", "euc-kr"),
    ("메일 전송에 실패하였습니다.", "utf-8"),
]


def _reports() -> Iterator[tuple[bytes, str | None]]:
    for fate, answers in (("gone", GONE), ("refused", REFUSED)):
        for at, (status, diagnostic) in enumerate(answers):
            for style in range(5):
                for form in range(4):
                    note, charset = NOTES[(at + style + form) % 3]
                    machine = _status("failed", status, diagnostic, style)
                    raw = _report("delivery-status", note, machine, _sent(form), charset=charset)
                    if form < 3 and style % 2:  # the address it came back to was lost on the way
                        raw = raw.replace(f"To: {BACK}".encode(), b"To: postmaster@pabal.example")
                    yield raw, fate
    for action in ("delayed", "delivered", "relayed", "expanded"):
        for style in range(5):
            machine = _status(action, "4.4.1" if action == "delayed" else "2.0.0", "later", style)
            yield _report("delivery-status", NOTES[0][0], machine, _sent(1)), None


def _complaints() -> Iterator[tuple[bytes, str | None]]:
    kinds = {
        **dict.fromkeys(("abuse", "fraud", "virus", "other"), "complaint"),
        **dict.fromkeys(("opt-out", "opt-out-list"), "end"),
        "not-spam": None,
    }
    for kind, fate in kinds.items():
        for form in range(3):
            for agent in ("FeedbackLoop/1.0", "example.kr FBL"):
                machine = (
                    f"Content-Type: message/feedback-report\n\nFeedback-Type: {kind}\n"
                    f"User-Agent: {agent}\nVersion: 1\nOriginal-Rcpt-To: reader@example.kr\n"
                )
                yield _report("feedback-report", "a complaint", machine, _sent(form)), fate


QMAIL = (
    "Hi. This is the qmail-send program at mail.example.kr.\nI'm afraid I wasn't able to deliver "
    "your message to the following addresses.\nThis is a permanent error; I've given up.\n\n"
    "<reader@example.kr>:\n{}\n\n--- Below this line is a copy of the message.\n\n{}"
)
EXIM = (
    "This message was created automatically by mail delivery software.\n\nA message that you sent "
    "could not be delivered to all of its recipients. This is a permanent error.\n\n"
    "  reader@example.kr\n    {}\n\n------ This is a copy of the message ------\n\n{}"
)
KOREAN = "보내신 메일이 아래의 이유로 반송되었습니다.\n\n받는 사람: reader@example.kr\n{}\n\n{}"
DAEMONS = [
    "MAILER-DAEMON@mail.example.kr",
    "Mail Delivery Subsystem <mailer-daemon@mail.example.kr>",
    "postmaster@mail.example.kr",
    "=?utf-8?b?66mU7J28IOq0gOumrOyekA==?= <postmaster@mail.example.kr>",
]


def _words() -> Iterator[tuple[bytes, str | None]]:
    for fate, answers in (("gone", GONE), ("refused", REFUSED)):
        for _, diagnostic in answers:
            for form, text in enumerate((QMAIL, EXIM, KOREAN)):
                for daemon in DAEMONS[form::3]:
                    said = text.format(diagnostic, SENT.replace("\r\n", "\n"))
                    mail = MIMEText(said, "plain", "utf-8" if form else "euc-kr")
                    mail["From"], mail["To"] = daemon, BACK
                    mail["Subject"] = ("failure notice", "Mail delivery failed", "반송 메일")[form]
                    yield mail.as_bytes(), fate


def _others() -> Iterator[tuple[bytes, str | None]]:
    """What comes to the same address and says nothing of the mail, or only a wish."""
    absent = [
        ("Automatic reply: 알림", "Auto-Submitted", "auto-replied"),
        ("부재중 자동 응답", "Auto-Submitted", "auto-replied (vacation)"),
        ("Out of office", "X-Autoreply", "yes"),
        ("Re: 알림", "Precedence", "auto_reply"),
    ]
    for subject, name, value in absent:
        for text in ("I am away; mailbox unavailable until 5.1.1 of May.", "휴가 중입니다."):
            for of in ("reader@example.kr", "postmaster@example.kr"):
                yield _plain(of, subject, text, **{name: value}), None
    for subject in (
        "Re: 문의",
        "고맙습니다",
        "질문이 있습니다",
        "",
        "unsubscribe me from that other list",
    ):
        yield _plain("reader@example.kr", subject, "550 5.1.1 User unknown 이 뭔가요?"), None
    for subject in (
        "unsubscribe",
        "Unsubscribe",
        " UNSUBSCRIBE ",
        "수신거부",
        "수신 거부",
        "그만 받기",
    ):
        yield _plain("reader@example.kr", subject, ""), "end"


def _plain(of: str, subject: str, text: str, **more: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = of, BACK, subject
    for name, value in more.items():
        mail[name] = value
    mail.set_content(text)
    return mail.as_bytes()


CORPUS = [*_reports(), *_complaints(), *_words(), *_others()]


@pytest.mark.fault(16)
def test_of_five_hundred_kinds_at_least_99_in_100_are_understood(
    measured: Callable[..., None],
) -> None:
    wrong = []
    for raw, fate in CORPUS:
        read = read_returned(raw)
        if (read and read.fate) != fate or (read and read.message_id != UUID(OURS)):
            wrong.append((fate, read, raw.decode("utf-8", "replace")))

    right = 100 - 100 * len(wrong) / len(CORPUS)
    measured(bounces=len(CORPUS), read_rightly_percent=right)
    assert len(CORPUS) >= 500
    assert len(wrong) <= len(CORPUS) / 100, wrong[0]


def test_a_report_is_understood_by_its_status() -> None:
    raw = _report("delivery-status", "no", _status("failed", *GONE[0], 0), _sent(0))

    assert read_returned(raw) == Returned(UUID(OURS), "gone", "5.1.1")


def test_what_carries_no_number_of_ours_is_not_believed() -> None:
    for raw, _ in [*_reports(), *_complaints()]:
        forged = raw.replace(OURS.encode(), b"reader").replace(
            b64encode(SENT.encode()), b64encode(b"Message-ID: <1@example.kr>")
        )
        assert read_returned(forged) is None


def test_a_complaint_that_hides_the_id_is_known_by_our_other_header() -> None:
    machine = "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\n"
    sent = f"Content-Type: text/rfc822-headers\n\nX-PM-Metadata-Delivery: msg_{OURS}\n"
    raw = _report("feedback-report", "x", machine, sent).replace(BACK.encode(), b"a@b.example")

    assert read_returned(raw) == Returned(UUID(OURS), "complaint", "abuse")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 1000,
        b"Content-Type: message/rfc822\n\n" * 9_000,
        b'Content-Type: multipart/mixed; boundary="a"\n\n--a\n' * 6_000,
        b"From: <" * 40_000,
        b"From: postmaster\nContent-Type: text/plain; charset*=a\0b''x\n\n",
        b"Subject: =?\xff\xfe?b?aGVsbG8=?=\nFrom: =?\xff?q?a?=\n\n",
        b"Subject: =?utf-8?b?" * 15_000,
        b"Subject: =?x-none?q?a?=\nFrom: mailer-daemon\n\n",
        b"From: postmaster\nContent-Type: text/plain; charset=nonsense\n\nundelivered",
        b"From: postmaster\n\n" + b"delivery " * 30_000,
        b"From: postmaster\n\n" + b"5.1." * 70_000,
        b"From: postmaster\n\n" + "주소 ".encode() * 70_000,
    ],
)
def test_hostile_mail_is_read_in_a_bounded_time(raw: bytes) -> None:
    started = time.process_time()

    read_returned(raw + f"\nmsg_{OURS}\n".encode())
    read_returned(f"To: {BACK}\n".encode() + raw)

    assert time.process_time() - started < 10


def test_hurt_reports_raise_nothing() -> None:
    chance = random.Random(3)
    for raw, _ in CORPUS[::3]:
        hurt = bytearray(raw)
        for _ in range(30):
            hurt[chance.randrange(len(hurt))] = chance.randrange(256)
        read_returned(bytes(hurt))
        read_returned(raw[: chance.randrange(len(raw))])
