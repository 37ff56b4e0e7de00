"""KakaoTalk 알림톡 through Solapi: texts that Kakao approved, filled in and sent to a phone number.

Only what a template of the operator's covers is sent, and nothing that advertises. The setting
``PABAL_KAKAO_TEMPLATES`` names a template for each kind of message, with the variables in it::

    alert=KA01TP0001:제목,기관,마감,주소 reminder=KA01TP0002:제목,마감,주소

Kinds are alert, correction, coverage, digest, reminder, question and notice; variables are those of
``_values``. What no template covers, or what does not fit its template, is refused for good.

A 2xx means *sent* unless its ``statusCode`` says otherwise: 2000 is *taken*, 3000 *handed to
Kakao*, 4000 *received*. A balance that is used up and a key that is wrong are the operator's to
mend, so such a message is tried again, and so is an answer that broke off. A number that wants no
messages ends the endpoint.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from notifier.clean import line
from notifier.errors import BadAddress, EndpointGone, TryAgain, Undeliverable
from notifier.fitting import cut, main
from notifier.letter import Letter, letter
from notifier.model import (
    Alert,
    Card,
    Content,
    Digest,
    Message,
    Question,
    Receipt,
    Reminder,
    SignIn,
    Traits,
)
from notifier.posting import Answer, Posting, code, judge, packed, unbroken

CARD = Card(
    korean="카카오 알림톡",
    english="KakaoTalk",
    address="숫자로만 쓴 휴대전화 번호 / a mobile number, digits only",
    what="알림톡. 솔라피 키와 승인받은 템플릿이 있어야 합니다 / 알림톡 by approved templates, "
    "needs Solapi's key",
    example="01012345678",
)

TRAITS = Traits(at_once=10)
_ADDRESS = re.compile(r"01[016789][0-9]{7,8}")
_TEMPLATE = re.compile(r"([a-z]+)=([A-Za-z0-9_-]+):([\w,]*)")
_NOTHING = "-"  # Kakao takes no empty variable
_SHORT, _LONG = 100, 300  # of the 1000 characters that a whole text may have
_REFUSED = 400
# https://docs.solapi.com/api-reference/message-status-codes
_SENT = frozenset({"", "2000", "3000", "4000"})
_SERVER = frozenset({"1024", "2024", "3012", "3024"})
_OPERATOR = frozenset(
    {
        "1020",  # no such account
        "1030",  # no balance
        "1041",  # no such channel
        "1062",  # the sender's number is not registered
        "2062",
        "2063",  # the account is blocked
        "2230",  # no balance
        "3101",  # no such profile
        "DuplicatedSignature",
        "InvalidAPIKey",
        "NotEnoughBalance",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
    }
)
_UNWANTED = frozenset({"1060", "1061", "2060", "2061"})  # the number is barred, or opted out

_Templates = Mapping[str, tuple[str, tuple[str, ...]]]


class Kakao(Posting):
    """One sender's channel at Solapi, whose key is in the options; else every message waits."""

    @cached_property
    def _templates(self) -> _Templates:
        return templates(self._options.kakao_templates)

    async def send(self, message: Message) -> Receipt:
        """Send one message. Raises TryAgain, Undeliverable or EndpointGone."""
        _check(message.address)
        if lacked := self._lacked():
            raise TryAgain(f"알림톡 설정이 없습니다 (not set): {lacked}", ours=True)
        body = packed(self._payload(message))
        headers = {
            "authorization": self._signed(self._poster.now()),
            "content-type": "application/json",
        }
        answer = await self._poster.post(
            f"{self._options.kakao_api}/messages/v4/send", body, headers
        )
        _judge(answer)
        return answer.receipt

    def check_address(self, address: str) -> None:
        """Raise BadAddress unless ``address`` is a mobile number and there is a way to send."""
        _check(address)
        if lacked := self._lacked():
            raise BadAddress(f"알림톡에는 {lacked} 설정이 있어야 합니다 (needs {lacked})")

    def _lacked(self) -> str:
        """The first setting that is missing; empty where all are there."""
        options = self._options
        given = {
            "PABAL_KAKAO_KEY": options.kakao_key,
            "PABAL_KAKAO_SECRET": options.kakao_secret,
            "PABAL_KAKAO_PROFILE": options.kakao_profile,
            "PABAL_KAKAO_TEMPLATES": self._templates,
        }
        return next((name for name, value in given.items() if not value), "")

    def _payload(self, message: Message) -> dict[str, Any]:
        kind = _kind(message.content)
        if kind not in self._templates:
            raise Undeliverable(f"{kind}에 맞는 알림톡 템플릿이 없습니다 (no template)")
        template, variables = self._templates[kind]
        values = _values(letter(message), message.content)
        return {
            "message": {
                "to": message.address,
                "type": "ATA",
                "kakaoOptions": {
                    "pfId": self._options.kakao_profile,
                    "templateId": template,
                    "variables": {f"#{{{each}}}": values.get(each, _NOTHING) for each in variables},
                    "disableSms": True,
                },
                "customFields": {"pabal": message.id},
            }
        }

    def _signed(self, now: datetime) -> str:
        at, salt = f"{now:%Y-%m-%dT%H:%M:%SZ}", secrets.token_hex(16)
        signature = hmac.new(self._options.kakao_secret.encode(), f"{at}{salt}".encode(), sha256)
        return (
            f"HMAC-SHA256 apiKey={self._options.kakao_key}, date={at}, salt={salt}, "
            f"signature={signature.hexdigest()}"
        )


open_channel = Kakao


def templates(setting: str) -> _Templates:
    """The template and its variables for each kind of message; what cannot be read is left out."""
    found = map(_TEMPLATE.fullmatch, setting.split())
    return {each[1]: (each[2], tuple(filter(None, each[3].split(",")))) for each in found if each}


def _check(address: str) -> None:
    if not _ADDRESS.fullmatch(address):
        raise BadAddress(
            "주소는 숫자로만 쓴 휴대전화 번호입니다: 01012345678 (a mobile number, digits only)"
        )


def _kind(content: Content) -> str:
    match content:
        case Alert():
            plain = "coverage" if content.coverage else "alert"
            return "correction" if content.changes else plain
        case Digest():
            return "digest"
        case Reminder():
            return "reminder"
        case Question():
            return "question"
    return "notice"


def _values(letter: Letter, content: Content) -> dict[str, str]:
    """Every variable that a template may have, never empty. ``주소`` is ``링크`` without https://.

    Buttons of a template begin with the scheme, so that they want an address without it.
    """
    about = content.alert if isinstance(content, Reminder) else content
    name = "" if isinstance(about, SignIn) else about.subscription
    asked = [f"{label}: {value}" for label, value in letter.facts] if letter.lines else []
    entries = [f"· {each.title}" for each in letter.entries]
    url = (main(letter) or ("", ""))[1]
    values = {
        "제목": cut(letter.title, _SHORT),
        "기관": cut(letter.byline, _SHORT),
        "표시": cut(" ".join(f"[{each}]" for each in letter.badges), _SHORT),
        "마감": cut(letter.deadline, _SHORT),
        "바뀜": cut("\n".join(letter.changes), _LONG),
        "내용": cut("\n".join([letter.extract, *letter.lines, *asked, *entries]).strip(), _LONG),
        "건수": str(letter.total),
        "이유": cut("\n".join("".join(p.text for p in each) for each in letter.why), _SHORT),
        "제외": dict(letter.links).get(letter.labels.dismiss, ""),
        "구독": line(name, _SHORT),
        "링크": url,
        "주소": re.sub(r"^https?://", "", url),
    }
    return {name: value or _NOTHING for name, value in values.items()}


def _judge(answer: Answer) -> None:
    said = answer.said
    word = code(said.get("statusCode" if answer.taken else "errorCode", ""))
    if answer.taken and word in _SENT:
        unbroken(answer)
        return
    if word in _OPERATOR or word in _SERVER:  # no fault of whose number it is
        why = f"{answer.status} {word}: 나중에 다시 보냅니다 (later)"
        raise TryAgain(why, answer.retry_after, ours=True)
    if word in _UNWANTED:
        raise EndpointGone(f"{answer.status} {word}: 받기를 거부한 번호입니다 (opted out)")
    judge(replace(answer, status=_REFUSED) if answer.taken else answer, said=word)
