"""The rule language: what a subscriber types → a frozen rule, and back to one stable text.

::

    수출 바우처            both words (also AND, &)
    수출 OR 관세           either (also |)
    수출 -전시회           the first without the second (also NOT)
    (수출 | 관세) 반도체   brackets group
    "수출 바우처"          the words side by side, however they are spaced in the text
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

from lark import Lark, Transformer, v_args
from lark.exceptions import UnexpectedInput, UnexpectedToken
from lark.lexer import Token

from service.errors import UserError

MAX_LENGTH = 500
MAX_TERMS = 64
MAX_DEPTH = 32
MIN_LETTERS = 2

# Full-width and typographic signs that Korean keyboards and word processors put in; same length.
_SIGNS = str.maketrans("“”„＂（）｜＆－", '""""()|&-')
_LOWER = str.maketrans({chr(c): chr(c + 32) for c in range(ord("A"), ord("Z") + 1)})
_WORD = r'(?!-)(?:[^\s()|&"]|(?<=[A-Za-z0-9])&(?=[A-Za-z0-9]))+'
_PLAIN = re.compile(_WORD)
_EXAMPLE = "수출 OR 관세"

# `&` between two Latin letters or digits belongs to the word: R&D, M&A.
_GRAMMAR = rf"""
?start: either
?either: both (("|" | _OR) both)*
?both: single (("&" | _AND)? single)*
?single: ("-" | _NOT) single -> without
       | WORD -> term
       | PHRASE -> phrase
       | "(" either ")"
_OR.2: /OR(?=[\s()"-]|$)/
_AND.2: /AND(?=[\s()"-]|$)/
_NOT.2: /NOT(?=[\s()"-]|$)/
WORD: /{_WORD}/
PHRASE: /"[^"]*"/
%ignore /\s+/
"""


class RuleError(UserError):
    """The rule cannot be used. ``position`` counts characters from 0; ``message`` is for people."""

    def __init__(self, position: int, message: str) -> None:
        """``message`` says what is wrong and what would be right, Korean first, then English."""
        where = f"규칙의 {position + 1}번째 글자 (character {position + 1} of the rule)"
        super().__init__(f"{where}: {message}")
        self.position = position
        self.message = message


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase to be found: NFC, ASCII in lower case, single blanks."""

    text: str


@dataclass(frozen=True, slots=True)
class Not:
    """The term does not stand in the text. Negation is always driven down to single terms."""

    part: Term


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold. Two or more, distinct, sorted by their canonical text; none is an And."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part holds. Parts as in And; none is an Or."""

    parts: tuple[Rule, ...]


Rule = Term | Not | And | Or


def lowered(text: str) -> str:
    """ASCII letters in lower case, all else untouched: every offset stays what it was."""
    return text.translate(_LOWER)


def parse(text: str) -> Rule:
    """Read a rule. Raises RuleError, which says where and what would be right."""
    typed = unicodedata.normalize("NFC", text).translate(_SIGNS)
    _check_size(typed)
    _check_brackets(typed)
    try:
        rule = cast("Rule", _PARSER.parse(typed))
    except UnexpectedInput as error:
        raise _missing_term(typed, error) from None
    if len(terms(rule)) > MAX_TERMS:
        raise RuleError(
            0,
            f"낱말은 {MAX_TERMS}개까지 쓸 수 있습니다. / A rule has at most {MAX_TERMS} terms.",
        )
    if satisfied(rule, lambda _: False):
        raise RuleError(
            0,
            "빼는 조건만으로는 거의 모든 글이 걸립니다. "
            "찾을 낱말을 하나 이상 넣어 주세요. 예: 수출 -전시회 / "
            "A rule that only excludes matches everything. Add a term to look for: 수출 -전시회",
        )
    return rule


def canonical(rule: Rule) -> str:
    """The one text of all rules that mean the same up to order and repetition; it parses back."""
    match rule:
        case Term(text):
            return text if _PLAIN.fullmatch(text) else f'"{text}"'
        case Not(part):
            return f"-{canonical(part)}"
        case And(parts):
            return " ".join(
                f"({canonical(p)})" if isinstance(p, Or) else canonical(p) for p in parts
            )
        case Or(parts):
            return " OR ".join(canonical(p) for p in parts)


def terms(rule: Rule) -> frozenset[str]:
    """Every term of the rule, negated ones too."""
    match rule:
        case Term(text) | Not(Term(text)):
            return frozenset({text})
        case And(parts) | Or(parts):
            return frozenset().union(*map(terms, parts))


def satisfied(rule: Rule, stands: Callable[[str], bool]) -> bool:
    """Whether the rule holds where ``stands`` says which terms are in the text."""
    match rule:
        case Term(text):
            return stands(text)
        case Not(Term(text)):
            return not stands(text)
        case And(parts):
            return all(satisfied(part, stands) for part in parts)
        case Or(parts):
            return any(satisfied(part, stands) for part in parts)


def negated(rule: Rule) -> Rule:
    """The opposite rule, negation driven down to the terms."""
    match rule:
        case Term():
            return Not(rule)
        case Not(part):
            return part
        case And(parts):
            return _joined(Or, map(negated, parts))
        case Or(parts):
            return _joined(And, map(negated, parts))


def _joined(kind: type[And | Or], parts: Iterable[Rule]) -> Rule:
    flat: dict[str, Rule] = {}
    for part in parts:
        inner = part.parts if isinstance(part, And | Or) and isinstance(part, kind) else (part,)
        flat.update((canonical(one), one) for one in inner)
    if len(flat) == 1:
        return next(iter(flat.values()))
    return kind(tuple(flat[text] for text in sorted(flat)))


@v_args(inline=True)
class _Builder(Transformer[Token, Rule]):
    """Called by the parser as it reduces: no tree is built, nothing recurses over the input."""

    def term(self, word: Token) -> Rule:
        return _term(str(word), word.start_pos or 0)

    def phrase(self, quoted: Token) -> Rule:
        return _term(quoted[1:-1], (quoted.start_pos or 0) + 1)

    def without(self, part: Rule) -> Rule:
        return negated(part)

    def both(self, *parts: Rule) -> Rule:
        return _joined(And, parts)

    def either(self, *parts: Rule) -> Rule:
        return _joined(Or, parts)


def _term(written: str, position: int) -> Term:
    text = lowered(" ".join(written.split()))
    if sum(char.isalnum() for char in text) < MIN_LETTERS:
        raise RuleError(
            position,
            f"‘{text}’: 낱말은 두 글자 이상이어야 합니다. / A term needs at least two letters.",
        )
    return Term(text)


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
    """Quotes and brackets pair up, and no deeper than allowed: the parser need not count."""
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


def _missing_term(typed: str, error: UnexpectedInput) -> RuleError:
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
