"""Whom to phone, out of tables, cells on lines, and sentences; names and numbers are made up."""

import pytest

from service.model import Contact
from service.reading.contacts import find


def _people(text: str) -> list[tuple[str | None, str | None, str | None]]:
    return [(one.rank, one.name, one.phone) for one in find(text)]


def test_a_table_of_two_rows_shares_its_department() -> None:
    text = (
        "담당 부서\t가상산업정책관\t책임자\t과 장\t홍길동\t(044-000-0001)\n"
        "\t가나다과\t담당자\t사무관\t홍  곤\t(044-000-0002)\n"
    )
    text = text.replace("044-000", "044-200")
    assert find(text) == (
        Contact("가상산업정책관 가나다과", "과장", "홍길동", "044-200-0001"),
        Contact("가상산업정책관 가나다과", "사무관", "홍곤", "044-200-0002"),
    )


def test_merged_cells_are_carried_down() -> None:
    text = (
        "담당 부서\t가나부 다라국 마바과\t책임자\t과  장\t홍길동\t(044-200-0001)\n"
        "\t\t담당자\t사무관\t김가나\t(044-200-0002)\n"
        "\t\t\t주무관\t이가나\t(044-200-0003)\n"
    )
    assert {one.department for one in find(text)} == {"가나부 다라국 마바과"}


def test_a_second_office_in_the_table_begins_its_own() -> None:
    text = (
        "담당부서\t교통실\t책임자\t과 장\t홍길동\t(044-200-0001)\n"
        "\t교통가과\t담당자\t사무관\t김가나\t(044-200-0002)\n"
        "\t교통나과\t책임자\t과 장\t이가나\t(044-200-0003)\n"
        "\t\t담당자\t사무관\t박가나\t(044-200-0004)\n"
    )
    assert [one.department for one in find(text)] == ["교통실 교통가과"] * 2 + ["교통나과"] * 2


def test_a_team_after_a_team_is_another_office() -> None:
    text = (
        "담당 부서\t홍보팀\t책임자\t팀장\t홍길동\t(041-560-0001)\n"
        "\t\t담당자\t담당\t김가나\t(041-560-0002)\n"
        "\t안전팀\t담당자\t담당\t이가나\t(041-560-0003)\n"
    )
    assert [one.department for one in find(text)] == ["홍보팀", "홍보팀", "안전팀"]


def test_the_ministries_of_a_joint_release_stay_apart() -> None:
    text = (
        "담당 부서 <총괄>\t가나조정실\t책임자\t사무국장\t류가나\t(044-200-0010)\n"
        "\t\t담당자\t사무관\t허가나\t(044-200-0011)\n"
        "담당 부서 <공동>\t다라부\t책임자\t과장\t조가나\t(02-748-0012)\n"
        "\t재난과\t담당자\t중령\t오가나\t(02-748-0013)\n"
    )
    assert find(text) == (
        Contact("가나조정실", "사무국장", "류가나", "044-200-0010"),
        Contact("가나조정실", "사무관", "허가나", "044-200-0011"),
        Contact("다라부 재난과", "과장", "조가나", "02-748-0012"),
        Contact("다라부 재난과", "중령", "오가나", "02-748-0013"),
    )


def test_a_superior_on_the_same_line_is_no_part_of_the_rank() -> None:
    line = "담당 부서 책임자 과장 홍길동 담당자 사무관 이가나 (044-200-0001)"
    assert _people(line) == [("사무관", "이가나", "044-200-0001")]
    assert _people("담당자 수석 연구원 이가나 (044-200-0001)") == [
        ("수석연구원", "이가나", "044-200-0001")
    ]


def test_a_pdf_prints_the_table_as_lines() -> None:
    text = (
        "을 강조하였다. 담당 부서 가나국 책임자 과 장 홍길동 (044-200-0001)\n"
        "<총괄\n업무> 다라과\n담당자\n사무관 홍 진 (044-200-0002)\n주무관 홍 길 순 044-200-0003\n"
    )
    assert find(text) == (
        Contact("가나국 다라과", "과장", "홍길동", "044-200-0001"),
        Contact("가나국 다라과", "사무관", "홍진", "044-200-0002"),
        Contact("가나국 다라과", "주무관", "홍길순", "044-200-0003"),
    )


def test_cells_on_lines_of_their_own_are_one_row() -> None:
    text = (
        "담당 부서\n\n가나청\n\n조사과\n\n책임자\n\n과 장\n\n이가나\n\n(044-205-0001)\n\n"
        "담당자\n\n소방위\n\n김가나\n\n(044-205-0002)"
    )
    assert find(text) == (
        Contact("가나청 조사과", "과장", "이가나", "044-205-0001"),
        Contact("가나청 조사과", "소방위", "김가나", "044-205-0002"),
    )


def test_the_ministry_may_stand_where_the_label_does() -> None:
    text = (
        "밝혔다.\n\n가나부\t유통정책관\t책임자\t과  장\t홍길동\t(044-203-0001)\n"
        "\t유통과\t담당자\t사무관\t오가나\t(044-203-0002)"
    )
    assert {one.department for one in find(text)} == {"가나부 유통정책관 유통과"}


def test_the_closing_sentence_names_them_under_one_ministry() -> None:
    text = (
        "이 자료와 관련하여 취재를 원하시면 가나다라부 \n\n무역과 홍길동 사무관(☎ 044-203-0001), "
        "행정담당관실 김가나 사무관(☎ \n\n044-203-0002)에게 연락주시기 바랍니다."
    )
    assert find(text) == (
        Contact("가나다라부 무역과", "사무관", "홍길동", "044-203-0001"),
        Contact("가나다라부 행정담당관실", "사무관", "김가나", "044-203-0002"),
    )


def test_the_old_header_is_read() -> None:
    text = (
        "배포일시 2017. 12. 18.(월) 담당부서 산업과\n\n"
        "담당과장 홍길동 과장(044-203-0010) 담 당 자\n"
        "우가나 서기관(044-203-0011)\n김가나 사무관(044-203-0014)"
    )
    assert find(text) == (
        Contact("산업과", "과장", "홍길동", "044-203-0010"),
        Contact("산업과", "서기관", "우가나", "044-203-0011"),
        Contact("산업과", "사무관", "김가나", "044-203-0014"),
    )


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("문의: 가나과 홍길동(044-200-0001)", (None, "홍길동", "044-200-0001")),
        ("문의: 가나팀 김가국 (044-200-0001)", (None, "김가국", "044-200-0001")),
        ("* 담당자 : 가나과 홍길동(044-200-0001)", (None, "홍길동", "044-200-0001")),
        (
            "문의. 가나부 다라국 마바과 홍길동 주무관 (044-200-0001)",
            ("주무관", "홍길동", "044-200-0001"),
        ),
        ("가나과장 홍길동(044-200-0001)", ("과장", "홍길동", "044-200-0001")),
        ("문의: 가나과 과장 남궁 민(☎ 02-200-1234)", ("과장", "남궁민", "02-200-1234")),
        ("책임자\t과 장\t선우 가나\t044-200-0001", ("과장", "선우가나", "044-200-0001")),
        ("책임자\t가나공항장\t홍길동\t(061-455-0001)", ("가나공항장", "홍길동", "061-455-0001")),
        ("담당자\t행정 사무관\t홍길동\t(061-455-0001)", ("행정사무관", "홍길동", "061-455-0001")),
        ("담당자 사무관 이수정 (061-455-0001)", ("사무관", "이수정", "061-455-0001")),
        ("홍길동사무관(061-455-0001)", ("사무관", "홍길동", "061-455-0001")),
        ("책임자 과장 홍길동(직무대리) (044-200-0001)", ("과장", "홍길동", "044-200-0001")),
        (
            "담당자 선임연구원 홍길동 (내선 123) 042-200-0001",
            ("선임연구원", "홍길동", "042-200-0001"),
        ),
        ("담당자 경정 홍길동 044)200-0001", ("경정", "홍길동", "044-200-0001")),
        ("담당자 책임 홍길동 (044) 200-0001", ("책임", "홍길동", "044-200-0001")),
        ("사무관 홍길동 (044-200-\n0001)", ("사무관", "홍길동", "044-200-0001")),
        ("사무관 홍길동 TEL. 070-4000-0001", ("사무관", "홍길동", "070-4000-0001")),
        ("사무관 홍길동 (abc@example.kr, 044-200-0001)", ("사무관", "홍길동", "044-200-0001")),
        ("사무관 홍길동 044−200−0001", ("사무관", "홍길동", "044-200-0001")),
        ("담당자 사무관 홍길동 044 200 0001", ("사무관", "홍길동", "044-200-0001")),
        ("사무관 홍길동 (044 200-0001)", ("사무관", "홍길동", "044-200-0001")),
        ("사무관 홍길동 (+82-2-2100-0001)", ("사무관", "홍길동", "02-2100-0001")),
        ("사무관 홍길동 +82 (0)44 200 0001", ("사무관", "홍길동", "044-200-0001")),
        ("사무관 홍길동 +82-044-200-0001", ("사무관", "홍길동", "044-200-0001")),
        ("사무관 홍길동 0505-000-0001", ("사무관", "홍길동", "0505-000-0001")),
        ("담당자 사무관 홍길동 (abc@example.kr)", ("사무관", "홍길동", None)),
        ("담당자 팀장 홍길동 (010-5***-0001)", ("팀장", "홍길동", None)),
    ],
)
def test_a_person_is_read(text: str, person: tuple[str | None, str, str | None]) -> None:
    assert _people(text) == [person]


def test_a_shared_beginning_is_given_to_each_number() -> None:
    text = "가나과 홍길동 과장, 김가나 사무관(044-200-0001/0002)"
    assert find(text) == (
        Contact("가나과", "과장", "홍길동", "044-200-0001"),
        Contact("가나과", "사무관", "김가나", "044-200-0002"),
    )


def test_the_last_digits_alone_stand_behind_a_number_of_the_same_line() -> None:
    text = (
        "가나과 홍길동 과장(☎044-200-0001), 김가나 사무관(0002)에게, "
        "다라과 이가나 사무관(02-2100-0003), 박가나 주무관( 0004 )에게 연락 바랍니다."
    )
    assert find(text) == (
        Contact("가나과", "과장", "홍길동", "044-200-0001"),
        Contact("가나과", "사무관", "김가나", "044-200-0002"),
        Contact("다라과", "사무관", "이가나", "02-2100-0003"),
        Contact("다라과", "주무관", "박가나", "02-2100-0004"),
    )


@pytest.mark.parametrize(
    "behind",
    ["\n김가나 사무관(0002)", ", 김가나 사무관(2026)", ", 팩스(0002)", ", 김가나 사무관(00021)"],
)
def test_other_numbers_are_no_last_digits(behind: str) -> None:
    assert len(find(f"가나과 홍길동 과장(044-200-0001){behind}")) == 1


def test_columns_are_paired_by_order() -> None:
    text = "과 장\n사무관\n홍길동\n김가나\n(044-200-0001)\n(044-200-0002)"
    assert _people(text) == [
        ("과장", "홍길동", "044-200-0001"),
        ("사무관", "김가나", "044-200-0002"),
    ]


def test_a_superior_without_a_number_does_not_hide_the_office() -> None:
    assert find("학생과 과 장 홍길동, 사무관 김가나(☎044-203-0001)") == (
        Contact("학생과", "사무관", "김가나", "044-203-0001"),
    )


def test_an_office_alone_is_a_contact() -> None:
    text = (
        "1 태양 지원\t232\tㆍ설비 지원\t태양광과 (044-203-0001)\n"
        "2 보급\t76\tㆍ주택 지원\t가나부\n바람과\n(044-203-0002)"
    )
    assert find(text) == (
        Contact("태양광과", None, None, "044-203-0001"),
        Contact("가나부 바람과", None, None, "044-203-0002"),
    )


def test_divisions_in_one_cell_go_to_their_heads_in_order() -> None:
    text = (
        "담당부서\t가나실 다라과 마바국 사아과\t책임자 담당자\t과 장\t홍길동 (044-200-0001)\n"
        "\t\t\t사무관\t김가나 (044-200-0002)\n"
        "\t\t책임자 담당자\t과 장\t이가나 (044-200-0003)\n"
        "\t\t\t사무관\t박가나 (044-200-0004)\n"
    )
    assert [one.department for one in find(text)] == ["가나실 다라과"] * 2 + ["마바국 사아과"] * 2


def test_two_offices_over_one_list_are_nobody_s() -> None:
    text = (
        "담당부서\n가나위원회 다라과\n마바부 사아과\n"
        "과장\n장가나 ☏ 044-200-0001\n이가나 ☏ 044-201-0002"
    )
    assert [(one.department, one.name) for one in find(text)] == [
        (None, "장가나"),
        (None, "이가나"),
    ]


def test_the_same_person_in_table_and_sentence_is_one() -> None:
    text = (
        "담당부서 가나과 담당자 사무관 홍길동(044-203-0001)\n본문이다.\n"
        "문의: 홍길동(044-203-0001), 가나과(044-203-0001)"
    )
    assert find(text) == (Contact("가나과", "사무관", "홍길동", "044-203-0001"),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "044-200-0001",
        "예약은 전화(☎02-3700-0001~1)로 하면 된다.",
        "콜센터 02-123-4567",
        "가나과 팩스 : 02-2100-0001",
        "가나담당관실 (F)044-200-0001",
        "매출은 02-2024-0413 기준",
        "주소 서울 중구 세종대로 6층\n02-750-0001",
        "전자우편 : abc@example.kr",
        "제주 ☎ 064-746-0001",
        "안내한다.\n\n예약은 전화(☎02-3700-0001)로 한다.",
        "자세한 사항은 전화(☎063-280-0001, 0002)로 문의하면 된다.",
        "정부민원 110, 1588-0001",
        "계좌 110-044-200-0001",
        "담당자 사무관 홍길동 12 031 200 2023",
        "담당자 사무관 홍길동 031 200 2023 2024",
        "담당자 사무관 홍길동(0002)",
    ],
)
def test_a_number_of_nobody_is_no_contact(text: str) -> None:
    assert find(text) == ()


def test_a_year_behind_a_number_is_no_second_number() -> None:
    assert _people("사무관 홍길동(044-200-0001, 2026. 4. 13.)") == [
        ("사무관", "홍길동", "044-200-0001")
    ]
