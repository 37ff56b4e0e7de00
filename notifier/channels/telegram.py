"""Telegram: a message by the operator's bot. The address is a chat.

That is the number of a person, group or channel that wrote to the bot or took it in, or a public
channel's ``@name``. ``"ok": true`` means *sent*. A chat that blocked or removed the bot, or is not
there, ends the endpoint; a group that became a supergroup is followed to the number it has now. A
bot's token that is wrong or missing is the operator's to mend, so it is tried again, and so is an
answer that broke off.

Limits: 4096 UTF-16 units of text, not counting its markup; 100 entities, each a link or bold, of
which all later ones are dropped in silence; about 9500 characters of addresses and marks, beyond
which the message is refused (tdlib/telegram-bot-api#165). About 30 messages a second in all, one a
second in a chat and 20 a minute in a group. 429 says how long to wait in
``parameters.retry_after``. Links go before weight: bold is what is left out where not all can be.

The markup is Telegram's HTML: ``&``, ``<`` and ``>`` are escaped, in attributes ``"`` as well.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape, unescape
from itertools import count
from typing import Any

from notifier.errors import BadAddress, TryAgain
from notifier.fitting import Run, foot, titled, units, written
from notifier.letter import Letter, letter
from notifier.model import Card, Message, Receipt, Traits
from notifier.posting import Answer, Posting, judge, packed, seconds, unbroken

CARD = Card(
    korean="Telegram",
    english="Telegram",
    address="대화방의 숫자, `@채널` / number of a chat, `@name`",
    what="봇의 메시지. `PABAL_TELEGRAM_TOKEN`이 있어야 합니다 / by your bot, needs its token",
    example="123456789",
)

TRAITS = Traits(per_second=25)  # of about 30: https://core.telegram.org/bots/faq
_TEXT, _ENTITIES = 4096, 100
_ADDRESSES = 7_500  # characters: with the marks of 100 entities below the 9500, known roughly
_ADDRESS = re.compile(r"-?[1-9][0-9]{0,18}|@[A-Za-z][A-Za-z0-9_]{3,31}")
_TAG = re.compile(r"<[^>]*>")
_LINK = re.compile(r'<a href="([^"]*)">')
_BOLD = re.compile(r"<b>(.*?)</b>")
_REFUSED, _UNAUTHORIZED, _NO_METHOD = 400, 401, 404
_ENDED = (
    "blocked by the user",
    "was kicked",
    "deactivated",
    "not a member",
    "can't initiate conversation",
    "chat not found",
    "upgraded to a supergroup",
)


class Telegram(Posting):
    """One bot, whose token is in the options; without one every message waits for it."""

    async def send(self, message: Message) -> Receipt:
        """Send one message. Raises TryAgain, Undeliverable or EndpointGone."""
        _check(message.address)
        if not self._options.telegram_token:
            why = "텔레그램 봇 토큰이 없습니다 (no token): PABAL_TELEGRAM_TOKEN"
            raise TryAgain(why, ours=True)
        said = letter(message)
        answer = await self._post(message.address, said)
        if moved := _moved(answer):
            answer = await self._post(moved, said)
        _judge(answer)
        return answer.receipt

    async def _post(self, chat: str, said: Letter) -> Answer:
        url = f"{self._options.telegram_api}/bot{self._options.telegram_token}/sendMessage"
        kind = {"content-type": "application/json"}
        return await self._poster.post(url, packed(_payload(chat, said)), kind)

    def check_address(self, address: str) -> None:
        """Raise BadAddress unless ``address`` is a chat and there is a bot to send."""
        _check(address)
        if not self._options.telegram_token:
            raise BadAddress(
                "텔레그램에는 봇 토큰 PABAL_TELEGRAM_TOKEN이 있어야 합니다 (needs a bot's token)"
            )


open_channel = Telegram


def _check(address: str) -> None:
    if not _ADDRESS.fullmatch(address):
        raise BadAddress("주소는 대화방의 숫자나 @채널이름입니다 (a chat's number or @name)")


def _payload(chat: str, letter: Letter) -> dict[str, Any]:
    head = [(Run(titled(letter), bold=True, url=letter.url),)]
    limits = (_TEXT, _shown), (_ENTITIES, _links), (_ADDRESSES, _addresses)
    texts = (
        written(letter, write, most, size, head=head, foot=foot(letter)) for most, size in limits
    )
    return {
        "chat_id": chat,
        "text": _spared(min(texts, key=len)),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }


def write(run: Run) -> str:
    """A run in Telegram's HTML."""
    text = escape(run.text, quote=False)
    if run.url:
        text = f'<a href="{escape(run.url)}">{text}</a>'
    return f"<b>{text}</b>" if run.bold else text


def _shown(markup: str) -> int:
    """The length of what is left of ``markup`` once it is read."""
    return units(unescape(_TAG.sub("", markup)))


def _links(markup: str) -> int:
    return len(_LINK.findall(markup))


def _addresses(markup: str) -> int:
    return len(unescape("".join(_LINK.findall(markup))))


def _spared(markup: str) -> str:
    """``markup`` with as much of its bold as its links leave room for, the first of it."""
    entities = count(_links(markup) + 1)
    return _BOLD.sub(lambda bold: bold[next(entities) > _ENTITIES], markup)


def _moved(answer: Answer) -> str:
    """The number that a group has since it became a supergroup; empty where it did not."""
    parameters = answer.said.get("parameters")
    moved = parameters.get("migrate_to_chat_id") if isinstance(parameters, dict) else None
    return str(moved) if isinstance(moved, int) else ""


def _judge(answer: Answer) -> None:
    """The body repeats the status in ``error_code``, and counts where the two differ."""
    said = answer.said
    if answer.taken and said.get("ok") is not False:
        if not answer.body.startswith(b'{"ok":true'):
            unbroken(answer)
        return
    told = _told(answer)
    description = str(said.get("description", "")).lower()
    if told.status in {_UNAUTHORIZED, _NO_METHOD}:
        why = f"{told.status}: 봇 토큰이 틀립니다 (the bot's token is wrong)"
        raise TryAgain(why, ours=True)
    words = next((words for words in _ENDED if words in description), "")
    judge(told, gone={told.status} if words else (), said=words)


def _told(answer: Answer) -> Answer:
    """The answer with the status and the wait that its body names."""
    said = answer.said
    parameters = said.get("parameters")
    wait = seconds(parameters.get("retry_after")) if isinstance(parameters, dict) else None
    status = said.get("error_code", _REFUSED) if answer.taken else answer.status
    return replace(
        answer,
        status=status if isinstance(status, int) and status >= _REFUSED else _REFUSED,
        retry_after=answer.retry_after if wait is None else wait,
    )
