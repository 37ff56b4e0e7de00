"""Mail that comes back: what became of ours, as mail servers (RFC 3464) and readers (RFC 5965) say.

Only what carries the number of a mail of ours is believed: those numbers cannot be guessed, so that
nobody can say anything of mail but their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from uuid import UUID

from service.model import Fate, Returned

_MOST = 300_000  # bytes that are read
_LONGEST = 1000  # characters of a header
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_RETURN_PATH = re.compile(rf"\+({_UUID})@", re.IGNORECASE)
_MESSAGE_ID = re.compile(rf"\bmsg_({_UUID})\b", re.IGNORECASE)
_TO = ("x-original-to", "delivered-to", "envelope-to", "x-envelope-to", "to")
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<![\d.#-])(?:smtp;\s*)?([45]\d\d)[ \-#]", re.IGNORECASE)
_END = re.compile(r"\s*(unsubscribe|수신\s?거부|그만\s?받기)\s*", re.IGNORECASE)
_FROM_SERVER = re.compile(
    r"mailer[-_ ]?daemon|postmaster|mail delivery (sub)?system|microsoft ?exchange", re.IGNORECASE
)
_NOBODY = re.compile(
    r"user unknown|unknown user|no such (user|mailbox|address|recipient|person)|"
    r"(user|mailbox|recipient|address|account|사용자|수신자|메일 ?주소|계정)\S{0,3} ?"
    r"(is |was |has been |does )?"
    r"(unknown|not found|not exist|invalid|disabled|inactive|rejected|"
    r"찾을 수 없|존재하지 않|없습니다)|"
    r"(invalid|unknown) (recipient|mailbox|address)|mailbox unavailable|"
    r"this address no longer accepts|couldn't be found|could not be found|존재하지 않는",
    re.IGNORECASE,
)
# The mailbox is there, whatever status it is put under; servers call it 5.1.1 and 5.2.1, too.
_FULL = re.compile(
    r"(?<![\d.])[45]\.2\.2(?![\d.])|"
    r"(?m:^|[;:\"]) ?[45]52[ -](?![45]\.[013-7]\.)|"
    r"mail ?box[^\n\"]{0,40}full\b|\b(account|user|inbox|disk) (is )?full\b|over ?quota|"
    r"quota (is |was |has been )?(full|exceeded)|exceed[^\n\"]{0,30}(quota|storage)|"
    r"insufficient (system )?storage|receiving mail (at a rate|too quickly)|"
    r"(메일함|편지함|사서함|용량|저장 ?공간)\S{0,3} ?(가득|꽉|초과|부족)",
    re.IGNORECASE,
)
_UNDELIVERED = re.compile(
    r"undeliver|not be delivered|could ?n[o']t (be )?deliver|delivery.{0,40}fail|failure notice|"
    r"returned mail|wasn't able to deliver|unable to deliver|permanent (fatal )?error|"
    r"배달되지|전송(하지|되지|에)? ?(못|않|실패)|반송|발송 ?실패",
    re.IGNORECASE,
)
_CHARSETS = {"euc-kr": "cp949", "ks_c_5601-1987": "cp949"}
# Parts within parts within parts, a charset that cannot be one: what the parser does not foresee.
_BROKEN = (RecursionError, MessageError, AttributeError, LookupError, TypeError, ValueError)
_COMPLAINTS = frozenset({"abuse", "fraud", "virus", "other", "miscategorized"})


def read_returned(raw: bytes) -> Returned | None:
    """What a mail says about one of ours; None where it says nothing, as an absence note does."""
    try:
        mail = message_from_bytes(raw[:_MOST])
        message_id = _about(mail, raw[:_MOST])
        said = message_id and _said(mail)
    except _BROKEN:
        return None
    return Returned(message_id, *said) if message_id and said else None


def says_full(said: str) -> bool:
    """Whether a server says that a mailbox is full: it may have room again."""
    return bool(_FULL.search(said))


def _said(mail: Message) -> tuple[Fate, str] | None:
    kinds = {part.get_content_type(): part for part in mail.walk()}
    if report := kinds.get("message/feedback-report"):
        return _feedback(_fields(report))
    if report := kinds.get("message/delivery-status"):
        return _delivery(_fields(report))
    if _automatic(mail):
        return None
    if _END.fullmatch(_header(mail, "subject")):
        return "end", "unsubscribe"
    return _in_words(mail) if _from_server(mail) else None


def _about(mail: Message, raw: bytes) -> UUID | None:
    """The mail of ours by the address it came back to, else by the headers of what came back."""
    for name in _TO:
        for value in mail.get_all(name, []):
            if found := _RETURN_PATH.search(str(value)):
                return UUID(found[1])
    for text in (raw.decode("latin-1"), *map(_text, _leaves(mail))):
        if found := _MESSAGE_ID.search(text) or _RETURN_PATH.search(text):
            return UUID(found[1])
    return None


def _feedback(fields: list[dict[str, str]]) -> tuple[Fate, str] | None:
    kind = next((each["feedback-type"] for each in fields if "feedback-type" in each), "")
    kind = kind.strip().lower()
    if kind in _COMPLAINTS:
        return "complaint", kind
    return ("end", kind) if kind.startswith("opt-out") else None


def _delivery(fields: list[dict[str, str]]) -> tuple[Fate, str] | None:
    """Of each recipient's part the gravest; mail that is only late comes or comes back later."""
    for each in fields:
        if each.get("action", "").strip().lower().split(" ")[0] == "failed":
            return _failed(each.get("status", ""), each.get("diagnostic-code", ""))
    return None


def _failed(status: str, diagnostic: str) -> tuple[Fate, str]:
    """The status a server gives is often a general one; what it was told says more."""
    said = _STATUS.search(diagnostic)
    given = _STATUS.search(status)
    best = said if said and (not given or given[0].endswith(".0.0")) else given or said
    shown = best[0] if best else "5.0.0"
    return ("gone" if _is_nobody(shown, diagnostic) else "refused"), shown


def _is_nobody(status: str, said: str) -> bool:
    if says_full(said):
        return False
    return _no_such(status) or (_general(status) and bool(_NOBODY.search(said)))


def _no_such(status: str) -> bool:
    """RFC 3463: the mailbox or its domain; 5.1.7 and 5.1.8 are about the sender."""
    return status in {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.310"}


def _in_words(mail: Message) -> tuple[Fate, str] | None:
    """A server that says it in its own words, as old ones do."""
    told = " ".join(_text(part) for part in _leaves(mail) if part.get_content_maintype() == "text")
    said = f"{_header(mail, 'subject')} {told[:5000]}"
    if not _UNDELIVERED.search(said):
        return None
    found = _STATUS.search(said)
    code = _CODE.search(said)
    shown = found[0] if found else code[1] if code else "5.0.0"
    if _is_nobody(shown, said):
        return "gone", shown
    return ("refused", shown) if shown[0] in "45" else None


def _general(status: str) -> bool:
    """Whether a status leaves open what is wrong: then words count."""
    return status[0] == "5" and ("." not in status or status.endswith(".0.0") or status == "5.1.0")


def _automatic(mail: Message) -> bool:
    """An absence note and the like: written by a program for somebody who is there."""
    if mail.get("x-autoreply") or mail.get("x-autorespond"):
        return True
    precedence = str(mail.get("precedence", "")).strip().lower()
    return precedence == "auto_reply" or "auto-replied" in str(mail.get("auto-submitted", ""))


def _from_server(mail: Message) -> bool:
    return bool(_FROM_SERVER.search(_header(mail, "from"))) or (
        str(mail.get("return-path", "")).strip() == "<>"
    )


def _fields(report: Message) -> list[dict[str, str]]:
    """The groups of fields of a report, names in small letters."""
    parts = report.get_payload()
    groups = parts if isinstance(parts, list) else [message_from_bytes(_bytes(report))]
    return [
        {name.lower(): _read(value) for name, value in group.raw_items()}
        for group in groups
        if isinstance(group, Message)
    ]


def _read(value: str) -> str:
    """A field of a report, whose bytes may be in any Korean charset."""
    raw = str(value).encode("utf-8", "surrogateescape")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp949", "replace")


def _leaves(mail: Message) -> Iterator[Message]:
    return (part for part in mail.walk() if not part.is_multipart())


def _bytes(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _text(part: Message) -> str:
    charset = part.get_content_charset("utf-8")
    try:
        return _bytes(part).decode(_CHARSETS.get(charset, charset), "replace")
    except (LookupError, ValueError):
        return _bytes(part).decode("utf-8", "replace")


def _header(mail: Message, name: str) -> str:
    value = str(mail.get(name, ""))[:_LONGEST]
    try:
        return str(make_header(decode_header(value)))
    except (MessageError, LookupError, ValueError):
        return value
