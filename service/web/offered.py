"""The channels that a page can ask an address of: those that work as the service is set."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from notifier.errors import BadAddress
from service.store.audit import Who
from service.web.means import Means

EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "mail": "name@example.org",
        "webhook": "https://example.org/pabal",
        "slack": "https://hooks.slack.com/services/T000/B000/xxxx",
        "discord": "https://discord.com/api/webhooks/1/xxxx",
        "teams": "https://example.logic.azure.com/workflows/0/triggers/manual/paths/invoke",
        "dooray": "https://hook.dooray.com/services/1/2/xxxx",
        "jandi": "https://wh.jandi.com/connect-api/webhook/1/0a1b",
        "naver_works": "https://webhook.worksmobile.com/message/xxxx",
        "ntfy": "https://ntfy.sh/pabal",
        "telegram": "123456789",
        "kakao": "01012345678",
        "feed": "-",
    }
)
"""How an address of each channel looks that a page can ask for, in the order they are offered.

Left out: what only the operator reads, what goes past our guard, what a browser must make.
"""

_OPERATORS = {"console": "-"}

NAMED = frozenset({*EXAMPLES, *_OPERATORS, "apprise", "web_push"})
"""The channels that there are words for."""


def offered(means: Means, who: Who) -> Mapping[str, str]:
    """The channels that work, each with an example of an address."""
    known = {**EXAMPLES, **(_OPERATORS if who.role == "operator" else {})}
    return {name: like for name, like in known.items() if _works(means, name, like)}


def mails(means: Means) -> bool:
    """Whether mail can be sent."""
    return _works(means, "mail", EXAMPLES["mail"])


def _works(means: Means, name: str, like: str) -> bool:
    channel = means.channels.get(name)
    if channel is None:
        return False
    try:
        channel.check_address(like)
    except BadAddress:
        return False
    return True
