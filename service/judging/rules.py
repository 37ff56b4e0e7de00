"""The rule language: what a subscriber types → a frozen rule, and back to one stable text.

::

    수출 바우처              both words (also 그리고, AND, &)
    수출 또는 관세           either (also OR, |)
    수출 -전시회             the first without the second (also 전시회 제외, NOT 전시회)
    (수출 | 관세) 반도체     brackets group
    "수출 바우처"            the words side by side, however they are spaced in the text
    수출 ~5 바우처           at most five words apart (also 근처/5, NEAR/5)
    =산업부                  the name as typed, not the others of the same body (also 정확히:)
    제목:(수출 | 통상)       in the title
    부처:산업부 종류:공고    filters, see ``fields``
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, cast

from lark import Lark, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.lexer import Token

from service.judging import fields, sense
from service.judging.fields import UnknownNameError, Values
from service.judging.logic import (
    WORD,
    And,
    Or,
    Rule,
    Term,
    atoms,
    canonical,
    joined,
    lowered,
    near,
    negated,
    satisfied,
)
from service.judging.sense import warnings
from service.judging.typed import MAX_DEPTH, MAX_LENGTH, RuleError, tidied

__all__ = ["MAX_DEPTH", "MAX_LENGTH", "Rule", "RuleError", "canonical", "parse", "warnings"]

MAX_TERMS = 64
_MAX_WORDS_APART = 50
_MIN_LETTERS = 2

_USUAL_WORDS_APART = 5
_EXAMPLE = "수출 OR 관세"

_STRAY = re.compile(r"(?<!\d),|,(?!\d)|;|^[!?]|'$")
_ADORNED = re.compile(r"^[+#]+|[!?]+$")  # a hashtag, a must, a cry: no C++ or C#
_AFTER_NOUN = ("제외", "빼고")

_GRAMMAR = rf"""
?start: either
?either: both (_OR both)*
?both: single (_AND? single)*
?single: near
       | (MINUS | NOT)+ near -> without
       | near _EXCEPT -> except_for
?near: unit (NEAR unit)*
?unit: WORD -> term
     | PHRASE -> phrase
     | EXACT unit -> exactly
     | FIELD unit -> scoped
     | "(" either ")"
_OR.2: /\||(?:OR|또는)(?=[\s()"]|$)/i
_AND.2: /&|(?:AND|그리고)(?=[\s()"]|$)/i
NOT.2: /NOT(?=[\s()"-]|$)/i
MINUS.2: "-"
EXACT.2: "="
_EXCEPT.2: /빼고(?=[\s()|&]|$)|제외(?=\s*(?:[)|&-]|$)|\s+(?:OR|AND|NOT|또는|그리고)[\s("])/i
NEAR.3: /(?:~\d*|NEAR|(?i:NEAR)\/\d+|근처\/\d+)(?=[\s("=]|$)/
FIELD.3: /[A-Za-z가-힣]+\s*:/
WORD: /{WORD}/
PHRASE: /"[^"]*"/
%ignore /\s+/
"""


def parse(text: str, values: Values | None = None) -> Rule:
    """Read a rule. Raises RuleError, which says where and what would be right.

    ``values`` are what may stand in fields, by default those that come with the package.
    """
    typed = tidied(text)
    try:
        made = cast("_Made", _PARSER.parse(typed))
    except UnexpectedInput as error:
        raise _misplaced(typed, error) from None
    rule = made(_Scope(values))
    if len(atoms(rule)) > MAX_TERMS:
        raise RuleError(
            0,
            f"낱말과 조건은 {MAX_TERMS}개까지 쓸 수 있습니다. / "
            f"A rule has at most {MAX_TERMS} terms and filters.",
        )
    _check_sense(rule)
    return rule


class _Scope(NamedTuple):
    """What stands around a part of a rule: the fields whose values or words it gives."""

    values: Values | None
    field: str | None = None
    title: bool = False
    exact: bool = False

    def into(self, name: str) -> _Scope:
        match name:
            case fields.TITLE:
                return self._replace(title=True)
            case fields.EXACT:
                return self._replace(exact=True)
            case _:
                return self._replace(field=name)


_Made = Callable[[_Scope], Rule]


@v_args(inline=True)
class _Builder(Transformer[Token, _Made]):
    """Called by the parser as it reduces. A part is made once all that stands around it is known.

    Nothing recurses deeper than the brackets and colons of MAX_LENGTH characters.
    """

    def term(self, word: Token) -> _Made:
        return lambda scope: _leaf(str(word), word.start_pos or 0, scope, quoted=False)

    def phrase(self, quoted: Token) -> _Made:
        return lambda scope: _leaf(quoted[1:-1], (quoted.start_pos or 0) + 1, scope, quoted=True)

    def scoped(self, name: Token, part: _Made) -> _Made:
        return lambda scope: part(_entered(name, scope))

    def exactly(self, _sign: Token, part: _Made) -> _Made:
        return lambda scope: part(scope.into(fields.EXACT))

    def without(self, *parts: _Made | Token) -> _Made:
        *signs, part = parts
        made = cast("_Made", part)
        return (lambda scope: negated(made(scope))) if len(signs) % 2 else made

    def except_for(self, part: _Made) -> _Made:
        return lambda scope: negated(part(scope))

    def near(self, *parts: _Made | Token) -> _Made:
        return lambda scope: _chain(parts, scope)

    def both(self, *parts: _Made) -> _Made:
        return lambda scope: joined(And, [part(scope) for part in parts])

    def either(self, *parts: _Made) -> _Made:
        return lambda scope: joined(Or, [part(scope) for part in parts])


def _leaf(written: str, position: int, scope: _Scope, *, quoted: bool) -> Rule:
    text = " ".join(written.split())
    if scope.field is not None:
        try:
            found = fields.resolve(scope.field, text, scope.values or fields.usual())
        except UnknownNameError as error:
            raise RuleError(position, str(error)) from None
        return joined(Or, found)
    if not quoted:
        _check_word(text, position)
        text = _ADORNED.sub("", text)
    if sum(char.isalnum() for char in text) < _MIN_LETTERS:
        raise RuleError(
            position,
            f"‘{text}’: 낱말은 두 글자 이상이어야 합니다. / A term needs at least two letters.",
        )
    return Term(lowered(text), scope.title, scope.exact)


def _entered(name: Token, scope: _Scope) -> _Scope:
    position, typed = name.start_pos or 0, name[:-1].rstrip()
    if scope.field is not None:
        raise RuleError(
            position,
            f"‘{typed}:’이 다른 조건 안에 있습니다. 빈칸을 두고 따로 써 주세요. "
            "예: 부처:산업부 종류:공고 / "
            f"‘{typed}:’ stands inside another field: put them side by side.",
        )
    try:
        return scope.into(fields.code(typed))
    except UnknownNameError as error:
        raise RuleError(position, str(error)) from None


def _chain(parts: tuple[_Made | Token, ...], scope: _Scope) -> Rule:
    """``a ~5 b ~3 c``: each near the next."""
    signs = [cast("Token", each) for each in parts[1::2]]
    made = [cast("_Made", each)(scope) for each in parts[::2]]
    pairs = zip(made, signs, made[1:], strict=False)
    return joined(And, [_near(one, sign, other) for one, sign, other in pairs])


def _near(one: Rule, sign: Token, other: Rule) -> Rule:
    """Two terms, or one of several and one of several."""
    position = sign.start_pos or 0
    digits = re.search(r"\d+", sign)
    words = int(digits[0]) if digits else _USUAL_WORDS_APART
    if not 1 <= words <= _MAX_WORDS_APART:
        raise RuleError(
            position,
            f"‘{sign}’: 1에서 {_MAX_WORDS_APART}낱말까지 쓸 수 있습니다. 예: 수출 ~5 바우처 / "
            f"‘{sign}’: 1 to {_MAX_WORDS_APART} words. For example: 수출 ~5 바우처",
        )
    firsts, seconds = ((r.parts if isinstance(r, Or) else (r,)) for r in (one, other))
    pairs = []
    for first in firsts:
        for second in seconds:
            if not (isinstance(first, Term) and isinstance(second, Term)):
                raise RuleError(
                    position,
                    f"‘{sign}’의 앞뒤에는 낱말이나 (낱말 | 낱말)이 와야 합니다. "
                    "예: (수출 | 통상) ~5 바우처 / "
                    f"Words or (one | other) stand around ‘{sign}’: (수출 | 통상) ~5 바우처",
                )
            pairs.append(near(first, second, words))
    return joined(Or, pairs)


def _check_word(text: str, position: int) -> None:
    if stray := _STRAY.search(text):
        raise RuleError(
            position + stray.start(),
            f"‘{stray[0]}’로는 잇지도 빼지도 못합니다. 둘 다면 빈칸, 하나라도면 |, 빼려면 -, 붙은 "
            f"말이면 큰따옴표를 써 주세요. 예: 수출 | 관세 / ‘{stray[0]}’ neither joins nor "
            'excludes: a blank for both, | for either, - to leave out, "" around a phrase.',
        )
    if text in _AFTER_NOUN:
        raise RuleError(
            position,
            f"‘{text}’는 뺄 낱말 뒤, 조건의 끝에 씁니다. 예: 수출 전시회 제외, 또는 수출 -전시회 / "
            f"‘{text}’ follows what is to be left out: 수출 전시회 제외, or 수출 -전시회",
        )


def _check_sense(rule: Rule) -> None:
    if satisfied(rule, lambda _: False):  # by a text without anything that is asked for
        raise RuleError(
            0,
            "빼는 조건만으로는 거의 모든 글이 걸립니다. "
            "찾을 낱말을 하나 이상 넣어 주세요. 예: 수출 -전시회 / "
            "A rule that only excludes matches everything. Add a term to look for: 수출 -전시회",
        )
    if sense.never(rule):
        raise RuleError(
            0,
            "함께 맞을 수 없는 조건들이라 어떤 글에도 맞지 않습니다. "
            "하나를 지우거나 |로 이어 주세요. 예: 종류:(공고 | 인사). 한 기관의 이름들은 같은 "
            "말이니, 그 가운데 하나만 빼려면 -=산업통상부처럼 써 주세요. / "
            "These conditions exclude each other, so nothing can match. "
            "Drop one, or join them by |: kind:(notice | personnel). All names of a body are "
            "one word: -=산업통상부 leaves out that name alone.",
        )


def _misplaced(typed: str, error: UnexpectedInput) -> RuleError:
    if isinstance(error, UnexpectedCharacters):
        position: int = error.pos_in_stream  # type: ignore[assignment] # lark's stub says None
        sign = typed[position]
        return RuleError(
            position,
            f"‘{sign}’는 여기에 쓸 수 없습니다. 글자 그대로 찾으려면 큰따옴표로 묶어 주세요. / "
            f"‘{sign}’ cannot stand here. To search for it, put it between quotation marks.",
        )
    token = error.token if isinstance(error, UnexpectedToken) else Token("CHAR", "?")
    if token.type == "$END":
        position, korean, english = len(typed), "끝", "at the end"
    else:
        position = token.start_pos or 0
        korean, english = f"‘{token}’ 앞", f"before ‘{token}’"
    return RuleError(
        position,
        f"{korean}에 낱말이 있어야 합니다. 예: {_EXAMPLE} / "
        f"A term is missing {english}. For example: {_EXAMPLE}",
    )


_PARSER = Lark(_GRAMMAR, parser="lalr", lexer="basic", transformer=_Builder())
