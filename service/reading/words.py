"""Whether a line's end cut a word: what stands on both sides of it, and what else the text says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

_TOKEN = re.compile(r"[가-힣]{1,24}|[A-Za-z]{1,24}")
_LAST = re.compile(r"[가-힣]{1,24}$")
_FIRST = re.compile(r"[가-힣]{1,24}")

# Particles and endings after which a blank stands; no noun ends like the first kind.
_CLOSED = re.compile(
    r"(?:[을를]|[가-힣]{2}[은는]|에서|에게|으로|부터|까지|[가-힣](?:하고|하여|하며|하면|하는|하기|하게|하지|하도록)"
    r"|되고|되어|되며|되는|되기|되도록|위해|위한|대한|대해|따라|따른|통해|통한|관한|있는|없는|있도록|같은"
    r"|이라며|이라고|다고|라고|라며|면서|거나|지만|으며|으나|려는|려고)$"
)
_MOSTLY_CLOSED = re.compile(
    r"[가-힣](?:[은는의에와과로한할된될인던진운긴린난든른킨]"
    r"|[가-힣][고며여어아해게가이도만])$"
)
# What hangs on the word before it and never stands alone.
_BOUND = re.compile(
    r"(?:[을를은는의]|에|에서|에는|에도|에게|에게는|에서는|에서도|와|과|와의|과의|로|로서|로써|로부터|으로|으로서|으로써"
    r"|으로도|으로의|으로는|부터|까지|까지의|까지는|보다|처럼|마다|조차|이며|이고|이나|이라|이라는|이라고|이라며|이지만"
    r"|이었다|이다|입니다|이자|적|적인|적으로|적이고|적이며|들|들이|들은|들의|들을|들에게|들과|들도|들에|들로"
    r"|로운|로이)"
)
_ENDING = re.compile(r"고|며|여|는|기|기로|게|지|면|도록|거나|면서|였다|고자")
_VERB = re.compile(
    r"(?:하(?:[고며는기도여게지자]|였|겠|도록|려|면|므로|거나|던)|했|한다|할|함|해야|해서"
    r"|되(?:[고며는어기지]|었|도록|면)|됐|된다|될|됨|돼"
    r"|시[켜키킨킬]|었|였|겠|습니|는다|으며|으나|면서|므로)"
)
_STANDING = (
    "등 및 수 것 때 시 중 더 이 그 한 각 총 제 약 전 후 간 내 외 위 두 세 네 또 즉 단 본 동"
    " 당 매 온 첫 새 옛 현 신 뒤 앞 안 밖 속 곳 점 바 데 뿐 채 명 개 건 년 월 일 회 차 원 억"
    " 만 조 곧 꼭 왜 잘 못 다 큰 할 된 될 주요 최종 세부 관련 기존 최근 향후 특히 이번 지난"
    " 오는 모든 여러 전체 일부 각각 함께 또한 다만 한편 앞으로 다음 대비 이후 이전 이상 이하"
    " 미만 초과 이내 기준 현재 직접 가장 매우 보다 서로 바로 다시 계속 적극 지속 우선 먼저"
    " 이날 올해 내년 작년 전년 금년 당초 추가 신규 총괄 또는 그리고 아울러"
)
_ALONE = frozenset(_STANDING.split())
"""Words that stand by themselves, and syllables that are one."""
_NEAR = 24
"""How many letters on each side of a seam are looked at."""


class Words:
    """The words of one text, as they stand inside its lines."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._whole: set[str] = set()
        self._pairs: set[tuple[str, str]] = set()
        self._stems: set[str] = set()
        for line in lines:
            tokens = line.split()[1:-1]  # those at both ends may be cut
            found = [_TOKEN.findall(token) for token in tokens]
            for parts in found:
                self._whole.update(parts)
                self._stems.update(part[:end] for part in parts for end in range(2, len(part)))
            self._pairs.update(
                (left[-1], right[0][:end])
                for left, right in pairwise(found)
                if left and right
                for end in range(2, len(right[0]) + 1)
            )

    def seam(self, last: str, first: str, *, spaced: bool) -> str:
        """What stands between two lines of one paragraph: nothing inside a word, else a blank."""
        if spaced or last[-1:].isspace() or first[:1].isspace():
            return " "
        left, right = _LAST.search(last[-_NEAR:]), _FIRST.match(first)
        if left is None or right is None:
            return self._unworded(last, first)
        return "" if self._one_word(left[0], right[0], whole=_alone(last, left)) else " "

    @staticmethod
    def hangs(text: str) -> bool:
        """Whether a line ends with a particle that nothing but a next word can follow."""
        return (
            re.search(r"[가-힣](?:[을를]|에서|으로|하는|위한|대한|있는| 및)$", text[-8:])
            is not None
        )

    def _one_word(self, left: str, right: str, *, whole: bool) -> bool:
        """Whether two halves are one word; ``whole``: nothing sticks to the left one's front."""
        if self._known(left + right, len(left)) or _BOUND.fullmatch(right):
            return True
        if left[-1] in "하되이" and _ENDING.fullmatch(right):
            return True
        if whole and _CLOSED.search(left):
            return False
        if _VERB.match(right) and not (left[-1] in "이가" and right[0] in "되된될됨됐돼"):
            return True
        parted = left in _ALONE or _MOSTLY_CLOSED.search(left) or self._pair(left, right)
        return whole and not parted and len(left) == 1

    def _pair(self, left: str, right: str) -> bool:
        """Whether the text has both as two words elsewhere."""
        return any((left, right[:end]) in self._pairs for end in range(2, len(right) + 1))

    def _known(self, joined: str, at: int) -> bool:
        """Whether the text has the joined word elsewhere, to the second letter behind the seam."""
        return any(
            joined[:end] in self._whole or joined[:end] in self._stems
            for end in range(min(at + 2, len(joined)), len(joined) + 1)
        )

    @staticmethod
    def _unworded(last: str, first: str) -> str:
        """Marks, digits and Latin letters: brackets and dots stick, the rest stands apart."""
        if first[0] in "*),.’”」』｣]·%~" or last[-1] in "(「『｢[‘“·‧ㆍ･․/~":
            return ""
        if first[0] == "(":
            return "" if "가" <= last[-1] <= "힣" or last[-1] in "’”」』｣)" else " "
        if last[-1] in ")]’”」』｣" and _FIRST.match(first):
            word = _FIRST.match(first)
            return "" if word and (_BOUND.fullmatch(word[0]) or _VERB.match(word[0])) else " "
        return " "


def _alone(last: str, left: re.Match[str]) -> bool:
    """Whether the Korean letters before the seam are a whole word, not the end of K-방산."""
    before = last[-_NEAR:][: left.start()]
    return not before or before[-1].isspace() or before[-1] in "‘“「『｢(<"
