from collections.abc import Callable, Sequence

import pytest

from scrapers.documents.hwpx import read_hwpx

Read = Callable[..., str]


@pytest.fixture
def read(hwpx: Callable[..., bytes]) -> Read:
    """``read(xml)``: the text of a section with these paragraphs."""

    def read(*sections: str, header: str = "") -> str:
        return read_hwpx(hwpx(*sections, header=header)).text

    return read


def p(*runs: str) -> str:
    return f"<hp:p>{''.join(f'<hp:run>{run}</hp:run>' for run in runs)}</hp:p>"


def t(text: str) -> str:
    return f"<hp:t>{text}</hp:t>"


def box(*paragraphs: str) -> str:
    inside = f"<hp:subList>{''.join(paragraphs)}</hp:subList>"
    return f"<hp:rect><hp:drawText>{inside}</hp:drawText></hp:rect>"


def table(*rows: Sequence[str], before: str = "") -> str:
    lines = "".join(f"<hp:tr>{''.join(row)}</hp:tr>" for row in rows)
    return f"<hp:tbl>{before}{lines}</hp:tbl>"


def cell(row: int, column: int, *paragraphs: str, columns: int = 1, rows: int = 1) -> str:
    return (
        f"<hp:tc><hp:subList>{''.join(paragraphs)}</hp:subList>"
        f'<hp:cellAddr rowAddr="{row}" colAddr="{column}"/>'
        f'<hp:cellSpan rowSpan="{rows}" colSpan="{columns}"/></hp:tc>'
    )


def test_runs_of_a_paragraph_make_one_line(read: Read) -> None:
    assert read(p(t("우리 정부는 "), t("오늘")) + p() + p(t("둘째"))) == "우리 정부는 오늘\n\n둘째"


def test_signs_inside_a_text_are_kept(read: Read) -> None:
    text = "가<hp:lineBreak/>나<hp:nbSpace/>다<hp:fwSpace/>라<hp:markpenBegin/>마<hp:markpenEnd/>바"
    assert read(p(t(text))) == "가\n나 다 라마바"


def test_text_after_a_box_in_the_middle_of_a_sentence_is_not_lost(read: Read) -> None:
    assert read(p(t("처음 "), box(p(t("상자"))), t("끝"))) == "처음 끝\n상자"


def test_a_box_before_the_text_comes_before_it(read: Read) -> None:
    assert read(p(box(p(t("1"))), t("추진 배경"))) == "1\n추진 배경"


def test_boxes_in_boxes_and_in_groups_are_read(read: Read) -> None:
    inner = box(p(t("밖"), box(p(t("안")))))
    assert read(p(f"<hp:container>{inner}</hp:container>")) == "밖\n안"


def test_a_table_knows_its_merged_cells(read: Read) -> None:
    rows = (
        (
            cell(0, 0, p(t("담당 부서")), rows=2),
            cell(0, 1, p(t("책임자"))),
            cell(0, 2, p(t("과장"))),
        ),
        (cell(1, 1, p(t("담당자"))), cell(1, 2, p(t("사무관")))),
        (cell(2, 0, p(t("끝")), p(t("이상")), columns=3),),
    )
    assert read(p(table(*rows))) == "담당 부서\t책임자\t과장\n\t담당자\t사무관\n끝\n이상"


def test_a_caption_stands_before_its_table(read: Read) -> None:
    caption = f"<hp:caption><hp:subList>{p(t('표 1'))}</hp:subList></hp:caption>"
    row = (cell(0, 0, p(t("가"))), cell(0, 1, p(t("나"))))
    assert read(p(table(row, before=caption))) == "표 1\n\n가\t나"


@pytest.mark.parametrize("kind", ["header", "footer", "hiddenComment", "pageNum", "bookmark"])
def test_what_is_not_part_of_the_page_is_left_out(read: Read, kind: str) -> None:
    hidden = f"<hp:ctrl><hp:{kind}><hp:subList>{p(t('숨은 글'))}</hp:subList></hp:{kind}></hp:ctrl>"
    assert read(p(hidden, t("본문"))) == "본문"


def test_a_memo_and_the_hint_of_a_field_are_left_out(read: Read) -> None:
    memo = f"<hp:fieldBegin type='MEMO'><hp:subList>{p(t('메모'))}</hp:subList></hp:fieldBegin>"
    hint = "<hp:fieldBegin><hp:stringParam>여기를 누르세요</hp:stringParam></hp:fieldBegin>"
    assert read(p(f"<hp:ctrl>{memo}{hint}</hp:ctrl>", t("본문"))) == "본문"


def test_deleted_text_of_tracked_changes_is_left_out(read: Read) -> None:
    changed = p(t("남음<hp:deleteBegin/>지움")) + p(t("지움<hp:deleteEnd/>다시"))
    assert read(changed) == "남음\n다시"


def test_a_note_follows_the_paragraph_that_refers_to_it(read: Read) -> None:
    number = '<hp:autoNum num="1"><hp:autoNumFormat suffixChar=")"/></hp:autoNum>'
    note = p(f"<hp:ctrl>{number}</hp:ctrl>", t(" 설명"))
    mark = (
        f'<hp:ctrl><hp:footNote number="1"><hp:subList>{note}</hp:subList></hp:footNote></hp:ctrl>'
    )
    assert read(p(t("제도"), mark, t("를 연다"))) == "제도1)를 연다\n1) 설명"


def test_formulas_and_composed_letters_are_written_into_the_line(read: Read) -> None:
    formula = "<hp:equation><hp:script>a over b</hp:script></hp:equation>"
    assert (
        read(p(t("값 "), formula, t(" 원"), '<hp:compose composeText="㉮"/>')) == "값 a over b 원㉮"
    )


def test_a_drawing_of_a_newer_version_is_read_in_its_plain_form(read: Read) -> None:
    case = f"<hp:case>{box(p(t('새')))}</hp:case><hp:default>{box(p(t('옛')))}</hp:default>"
    assert read(p(f"<hp:container><hp:switch>{case}</hp:switch></hp:container>")) == "옛"


def test_what_a_picture_says_of_itself_is_no_text(read: Read) -> None:
    picture = "<hp:pic><hp:shapeComment>그림입니다.</hp:shapeComment></hp:pic>"
    assert read(p(picture, t("본문"))) == "본문"
