"""Whether a word ends where a full line of Korean ends.

Korean may be broken between any two syllables, and the blank at the end of a line is often not
written. What stands on both sides then decides; right four times in five.
"""

from __future__ import annotations

import re

# What a word of Korean ends with: particles and verb endings, or a mark that asks for a blank.
_ENDS = re.compile(r"[을를은는이가의에와과도로며고해여한할된될및등서게면던인려수록기,.;:!?]\Z")
_JOINS = re.compile(r"[(\[“‘「『<~·‧ㆍ/\-–∼&]\Z")  # what the next letter is written on to
_GOES_ON = re.compile(  # what no word begins with: particles, verb endings, closing marks
    r"하[여고는며기겠였다도면]|한다|했|됐|되[어고었며]|된다|으로|로부터|에서|에게|까지|부터|[어었였]"
    r"|들[이은을의도과]|라[고며는]|이[며나라]|[을를은는의에와과로도만이가]\b|적[인으]|입니다|습니다"
    r"|다[.”]|[일월년명건]\b|[)\]”’」』>.,·‧~%]|\([가-힣]{1,3}\)"
)


def join(text: str, after: str) -> str:
    """``text`` and the line after it as one, with or without a blank between them."""
    if text.endswith(" ") or not text:
        return text + after
    return f"{text} {after}" if _apart(text[-1], after) else text + after


def _apart(last: str, after: str) -> bool:
    if _JOINS.search(last) or _GOES_ON.match(after):
        return False
    if _ENDS.search(last):
        return True
    korean = "가" <= after[:1] <= "힣"
    return not korean and after[:1] != "(" and not last.isdigit()
