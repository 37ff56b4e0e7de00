"""What was typed, before it is parsed: its signs, size and brackets; how a mistake is told."""

from __future__ import annotations

import re

from service.errors import UserError
from service.judging.logic import PLAIN
from service.reading.clean import legible

MAX_LENGTH = 500
MAX_DEPTH = 32
_DECOMPOSED = 4  # characters that one letter may be typed as

_SIGNS = PLAIN | dict.fromkeys(map(ord, "“”„‘’"), '"')
_TITLE_MARK = re.compile(r'("[^"]*")|[「」『』｢｣]')  # within a phrase itself


class RuleError(UserError):
    """The rule cannot be used. ``position`` counts characters from 0; ``message`` is for people."""

    def __init__(self, position: int, message: str) -> None:
        """``message`` says what is wrong and what would be right, Korean first, then English."""
        where = f"규칙의 {position + 1}번째 글자 (character {position + 1} of the rule)"
        super().__init__(f"{where}: {message}")
        self.position = position
        self.message = message


def tidied(text: str) -> str:
    """The text of a rule, as legible as texts are, with plain signs, ready for the parser.

    Its quotes and brackets pair up, and no deeper than allowed: the parser need not count. Raises
    RuleError.
    """
    # Bounded before it is composed: that takes long over letters with thousands of marks.
    typed = legible(text[: _DECOMPOSED * MAX_LENGTH + 1]).translate(_SIGNS)
    typed = _TITLE_MARK.sub(lambda found: found[1] or '"', typed)
    _check_size(typed if len(text) <= _DECOMPOSED * MAX_LENGTH else text)
    _check_brackets(typed)
    return typed


def _check_size(typed: str) -> None:
    if not typed.strip():
        raise RuleError(
            0, "찾을 낱말을 넣어 주세요. 예: 수출 바우처 / Type a term to look for: 수출 바우처"
        )
    if len(typed) > MAX_LENGTH:
        raise RuleError(
            MAX_LENGTH,
            f"규칙은 {MAX_LENGTH}자까지 쓸 수 있습니다. / "
            f"A rule has at most {MAX_LENGTH} characters.",
        )


def _check_brackets(typed: str) -> None:
    opened: list[int] = []
    quote: int | None = None
    for position, char in enumerate(typed):
        if char == '"':
            quote = position if quote is None else None
        elif quote is None and char == "(":
            opened.append(position)
            if len(opened) > MAX_DEPTH:
                raise RuleError(
                    position,
                    f"괄호는 {MAX_DEPTH}겹까지 쓸 수 있습니다. / "
                    f"Brackets nest at most {MAX_DEPTH} deep.",
                )
        elif quote is None and char == ")":
            if not opened:
                raise RuleError(
                    position,
                    "여는 괄호가 없는 ‘)’입니다. 지우거나 앞에 ‘(’를 넣어 주세요. / "
                    "This ‘)’ closes nothing: delete it, or put a ‘(’ before it.",
                )
            opened.pop()
    if quote is not None:
        raise RuleError(
            quote,
            '따옴표가 닫히지 않았습니다. 뒤에 "를 넣어 주세요. / '
            'This quotation mark is not closed: put a " after the phrase.',
        )
    if opened:
        raise RuleError(
            opened[-1],
            "괄호가 닫히지 않았습니다. 뒤에 ‘)’를 넣어 주세요. / "
            "This bracket is not closed: put a ‘)’ after it.",
        )
