"""ntfy: a push message to a topic, of ntfy.sh or of one's own server.

The address is the topic's URL; a protected topic's has ``?auth=`` as ntfy documents it. A 2xx means
*sent*.

Limits: 4096 bytes of text (longer ones become an attachment), a title of 1 KB; on ntfy.sh 60
messages at once and then one in five seconds, 250 a day, then 429.

The text is plain. Headers carry no UTF-8: the title stands there as RFC 2047 writes it.
"""

from __future__ import annotations

import re
from base64 import b64encode

from notifier.errors import BadAddress
from notifier.fitting import cut, foot, main, octets, spelt, written
from notifier.letter import Letter, letter
from notifier.model import Card, Message, Receipt, Traits
from notifier.posting import Posting, code, judge

CARD = Card(
    korean="ntfy",
    english="ntfy",
    address="주제의 주소 / URL of a topic (`https://ntfy.sh/…`, 내 서버도)",
    what="휴대전화 알림. 막힌 주제는 `?auth=` / push; `?auth=` for a protected topic",
    example="https://ntfy.sh/pabal",
)

TRAITS = Traits(at_once=10)  # ntfy.sh counts by sender: https://docs.ntfy.sh/publish/#limitations
_TITLE, _TEXT = 600, 4096
_TOPIC = re.compile(r"/[-_A-Za-z0-9]{1,64}")
_ORDINARY, _HIGH = "3", "4"


class Ntfy(Posting):
    """Posts to whichever server a topic is on."""

    async def send(self, message: Message) -> Receipt:
        """Post one message. Raises TryAgain, Undeliverable or EndpointGone."""
        self.check_address(message.address)
        said = letter(message)
        text = written(said, spelt, _TEXT, octets, foot=foot(said))
        answer = await self._poster.post(message.address, text.encode(), _headers(said))
        judge(answer, said=code(answer.said.get("code", "")))
        return answer.receipt

    def check_address(self, address: str) -> None:
        """Raise BadAddress unless ``address`` is the URL of one topic."""
        if not _TOPIC.fullmatch(self._poster.check(address).raw_path):
            raise BadAddress(
                "주소는 https://ntfy.sh/주제 꼴입니다 (must look like https://ntfy.sh/topic)"
            )


open_channel = Ntfy


def _headers(letter: Letter) -> dict[str, str]:
    """What is urgent comes with a louder push."""
    title = b64encode(cut(letter.subject, _TITLE, octets).encode()).decode()
    headers = {
        "content-type": "text/plain; charset=utf-8",
        "title": f"=?UTF-8?B?{title}?=",
        "priority": _HIGH if letter.urgent else _ORDINARY,
        "tags": "pencil2" if letter.changes else "newspaper",
    }
    if leads := main(letter):
        headers["click"] = leads[1]
    return headers
