from lxml import etree

from scrapers.documents.numbering import Numbering

LEVELS = (
    ("^1.", "DIGIT"),
    ("^2.", "HANGUL_SYLLABLE"),
    ("^1-^3)", "DIGIT"),
    ("^4", "CIRCLED_DIGIT"),
)


def numbering(levels: tuple[tuple[str, str], ...] = LEVELS, start: int = 1) -> Numbering:
    heads = "".join(
        f'<paraHead level="{n}" numFormat="{form}" start="{start}">{pattern}</paraHead>'
        for n, (pattern, form) in enumerate(levels, start=1)
    )
    styles = "".join(
        f'<paraPr id="{n}"><heading type="NUMBER" idRef="7" level="{n}"/></paraPr>'
        for n in range(10)
    )
    return Numbering(
        etree.fromstring(
            f'<head><numbering id="7">{heads}</numbering><bullet id="2" char="■"/>{styles}'
            '<paraPr id="20"><heading type="BULLET" idRef="2" level="0"/></paraPr>'
            '<paraPr id="30"><heading type="OUTLINE" idRef="0" level="0"/></paraPr>'
            '<paraPr id="40"><heading type="NONE" idRef="0" level="0"/></paraPr></head>'
        )
    )


def heads(made: Numbering, *styles: int) -> list[str]:
    return [made.head(etree.Element("p", paraPrIDRef=str(style))) for style in styles]


def test_levels_count_by_themselves_and_begin_anew_below() -> None:
    assert heads(numbering(), 0, 1, 1, 0, 1) == ["1. ", "가. ", "나. ", "2. ", "가. "]


def test_a_level_that_was_skipped_counts_as_begun() -> None:
    assert heads(numbering(), 0, 2, 1, 3) == ["1. ", "1-1) ", "나. ", "① "]


def test_a_list_may_begin_at_another_number() -> None:
    assert heads(numbering((("^1)", "ROMAN_CAPITAL"),), start=4), 0, 0) == ["IV) ", "V) "]


def test_past_the_letters_of_the_alphabet_numbers_go_on() -> None:
    assert heads(numbering((("^1.", "HANGUL_JAMO"),), start=14), 0, 0) == ["ㅎ. ", "15. "]


def test_bullets_are_written_and_plain_paragraphs_have_none() -> None:
    assert heads(numbering(), 20, 40, 99) == ["■ ", "", ""]


def test_an_outline_takes_the_list_that_its_section_names() -> None:
    made = numbering()
    assert heads(made, 30) == [""]
    made.enter(etree.fromstring('<sec><p><secPr outlineShapeIDRef="7"/></p></sec>'))
    assert heads(made, 30, 30) == ["1. ", "2. "]


def test_a_document_without_a_header_has_no_numbers() -> None:
    assert heads(Numbering(None), 0) == [""]


def test_nonsense_in_a_header_is_borne() -> None:
    made = numbering((("^1^99^0", "WAVES"),))
    assert heads(made, 0, 9) == ["111 ", ""]
