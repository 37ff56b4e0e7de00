"""The parts of a release. All text is invented in the shape of real ones."""

import random

import pytest

from service.reading.anatomy import dissect

BODY = """\
가람부(장관 홍길동)는 섬마을의 낡은 등대 열두 곳을 고치는 사업을 시작한다고 4일 밝혔다.

이번 사업은 어민의 의견을 모아 마련했으며, 자세한 내용은 상담 전화 1357로 물어볼 수 있다.

김가람 등대정책관은 “섬마을의 밤이 밝아질 것”이라고 말했다."""
TABLE = """\
담당 부서\t등대정책관\t책임자\t과 장\t김가람\t(044-000-0001)
\t등대안전과\t담당자\t사무관\t이나래\t(044-000-0002)"""
HEAD = "보도자료\n\n보도시점\t2026. 3. 4.(수) 12:00\t배포\t2026. 3. 4.(수) 09:00\n\n"
RELEASE = (
    f"{HEAD}섬마을 등대,\n새 옷을 입는다\n- 등대 열두 곳 고치는 사업 시작 -\n"
    f"- 어민의 의견을 모아 마련\n\n{BODY}\n\n{TABLE}\n\n붙임\t등대 새단장 사업 개요\n\n"
    "□ 사업 기간 : 두 해\n\n구분\t곳\n남쪽\t7\n북쪽\t5"
)


def test_a_release_of_today_comes_apart() -> None:
    parts = dissect(RELEASE, None)

    assert parts.title == "섬마을 등대, 새 옷을 입는다"
    assert parts.subtitles == ("등대 열두 곳 고치는 사업 시작", "어민의 의견을 모아 마련")
    assert parts.letterhead == "보도자료"
    assert parts.box == "보도시점\t2026. 3. 4.(수) 12:00\t배포\t2026. 3. 4.(수) 09:00"
    assert parts.body == BODY
    assert parts.contacts == TABLE
    assert parts.annex.startswith("붙임\t등대 새단장 사업 개요\n\n□ 사업 기간")
    assert parts.annex.endswith("남쪽\t7\n북쪽\t5")


def test_the_head_of_an_old_release_holds_box_and_contacts() -> None:
    parts = dissect(
        " 2017년 3월 4일(토) 10:00부터 보도하여 주시기 바랍니다.\n\n"
        "배포일시 2017. 3. 4.(토) 담당부서 등대안전과\n\n"
        "담당과장 김가람 과장(044-000-0001) 담 당 자\n이나래 사무관(044-000-0002)\n\n"
        "가람부, \uf000섬마을 등대\uf000 새단장 방향 발표\n- 다 함께 밝은 바다 -\n\n"
        f"□ {BODY}\n\n이 보도자료와 관련하여 보다 자세한 내용이나 취재를 원하시면 가람부\n"
        "등대안전과 이나래 사무관(☎ 044-000-0002)에게 연락주시기 바랍니다.\n",
        None,
    )

    assert parts.title == "가람부, 섬마을 등대 새단장 방향 발표"
    assert parts.subtitles == ("다 함께 밝은 바다",)
    assert "10:00부터 보도하여" in parts.box
    assert "배포일시 2017. 3. 4.(토)" in parts.box
    assert "담당과장 김가람 과장(044-000-0001)" in parts.contacts
    assert "(☎ 044-000-0002)에게 연락주시기 바랍니다." in parts.contacts
    assert parts.body == f"□ {BODY}"
    assert parts.annex == ""


def test_cells_each_on_a_line_are_one_contact_table() -> None:
    cells = "담당 부서\n\n가람부\n\n등대안전과\n\n책임자\n\n과 장\n\n김가람\n\n(044-000-0001)"

    parts = dissect(f"{BODY}\n\n{cells}", "등대를 고친다")

    assert parts.body == BODY
    assert parts.contacts == cells


def test_a_contact_table_left_behind_the_last_sentence_is_found() -> None:
    torn = (
        f"{BODY} 담당 부서 등대정책관 책임자 과 장 김가람 (044-000-0001)\n등대안전과 담당자 사무관"
    )

    parts = dissect(torn, "등대를 고친다")

    assert parts.body == BODY
    assert parts.contacts.startswith("담당 부서 등대정책관 책임자")


def test_tables_of_several_ministries_keep_their_labels() -> None:
    text = f"{HEAD}등대를 고친다\n\n{BODY}\n\n<총괄>\n\n{TABLE}\n\n<뱃길>\n\n{TABLE}"

    parts = dissect(text, None)

    assert parts.body == BODY
    assert parts.contacts.count("담당 부서") == 2
    assert "<총괄>" in parts.contacts
    assert "<뱃길>" in parts.contacts


@pytest.mark.parametrize(
    "number", ["044-000-0002", "044−000−0002", "044 000 0002", "+82-44-000-0002", "0505-000-0002"]
)
def test_a_line_that_names_whom_to_ask_is_a_contact(number: str) -> None:
    parts = dissect(f"{BODY}\n\n* 문의: 등대안전과 이나래 사무관({number})", "등대를 고친다")

    assert parts.body == BODY
    assert parts.contacts == f"* 문의: 등대안전과 이나래 사무관({number})"


def test_a_number_for_everybody_stays_in_the_body() -> None:
    parts = dissect(BODY, "등대를 고친다")

    assert "1357" in parts.body
    assert parts.contacts == ""


def test_the_offices_below_one_that_is_to_be_asked_are_contacts_too() -> None:
    further = "뱃길관리팀 이바다(044-000-0002)"
    asked = "문 의: 등대안전과 이나래(044-000-0001)"
    parts = dissect(f"{BODY}\n\n{asked}\n\n {further}\n", None)
    assert parts.contacts.split("\n\n") == [asked, further]
    assert parts.title == ""


def test_rows_of_an_annex_that_name_a_phone_are_in_both() -> None:
    row = "등대 고치기\t12곳\t등대안전과 (044-000-0003)"

    parts = dissect(f"{RELEASE}\n{row}", None)

    assert row in parts.annex
    assert parts.contacts.endswith(row)


@pytest.mark.parametrize(
    "box",
    [
        "보도시점 배포 즉시 배포 2026. 3. 4.(수)",
        "보도시점 : 배포 즉시 보도 가능 / 배포 : 2026. 3. 4.(수)",
        "보도시점\t(온라인) 2026. 3. 4.(수) 12:00\n\t(지 면) 2026. 3. 5.(목) 조간",
        "보도시점 2026. 3. 4.(수) 11:00\n< 3. 5.(목) 조간 > 배포 2026. 3. 4.(수)",
        "보도시점\n2026. 3. 4.(수) 11:00\n배포\n2026. 3. 4.(수)",
        "<보도시점><2026. 3. 4.(수) 배포 즉시>",
        "보도일시\t2026. 3. 4.(수) 12:00",
        "보도시점 2026. 3. 4.(수) 12:00\n※ 주말 엠바고 주의 : 4일 낮 12시부터 보도가능 ※",
    ],
)
def test_the_release_time_box_is_kept_as_printed(box: str) -> None:
    parts = dissect(f"보도자료\n\n{box}\n\n2026년 등대 새단장 계획\n- 열두 곳 -\n\n{BODY}", None)

    assert parts.box == box
    assert parts.title == "2026년 등대 새단장 계획"
    assert parts.body == BODY


def test_a_title_between_letterhead_and_box_is_found() -> None:
    head = "보도자료\n\n3월 섬마을 등대 고치기는 열두 곳에서 시작\n\n보도시점\t배포 즉시\n\n"

    parts = dissect(f"{head}{BODY}", None)

    assert parts.title == "3월 섬마을 등대 고치기는 열두 곳에서 시작"
    assert parts.body == BODY


def test_a_heading_put_behind_the_first_pages_text_is_found() -> None:
    page = (
        "가람부(장관 홍길동)는 섬마을의 낡은 등대를 고치고 새로운 뱃길을 열기 위한 일을\n"
        "올해부터 시작한다고 밝혔다. 이번 사업은 어민의 의견을 모아 마련했으며 두 해에\n"
        "걸쳐 전국 열두 곳에서 이어진다. 등대마다 사람을 두어 밤길을 지키게 하고 낡은\n"
        "불빛을 모두 새것으로 바꾸어 멀리서도 잘 보이게 할 예정이며 뱃길을 알리는 표지를\n"
    )
    text = (
        f"{page}보도시점 배포 즉시 배포 2026. 3. 4.(수)\n보도자료\n섬마을 등대, 새 옷을 입는다\n"
        "- 열두 곳에서 시작 -\n- 2 -\n함께 세운다."
    )

    parts = dissect(text, None)

    assert parts.title == "섬마을 등대, 새 옷을 입는다"
    assert parts.subtitles == ("열두 곳에서 시작",)
    assert parts.body.startswith("가람부(장관 홍길동)는")
    assert parts.body.endswith("알리는 표지를 함께 세운다.")


def test_the_text_of_a_portal_loses_the_title_it_repeats() -> None:
    parts = dissect(
        f"섬마을 등대,\n\n새 옷을 입는다\n\n- 열두 곳 -\n\n{BODY}", "섬마을 등대, 새 옷을 입는다"
    )

    assert parts.title == "섬마을 등대, 새 옷을 입는다"
    assert parts.subtitles == ("열두 곳",)
    assert parts.body == BODY


def test_the_documents_title_is_taken_where_it_says_more() -> None:
    parts = dissect(f"가람부, 섬마을 등대 새단장 시작\n\n{BODY}", "섬마을 등대 새단장 시작")

    assert parts.title == "가람부, 섬마을 등대 새단장 시작"


def test_the_mark_of_a_given_title_stays() -> None:
    parts = dissect(f"섬마을 등대 새단장 시작\n\n{BODY}", "[보도참고] 섬마을 등대 새단장 시작")

    assert parts.title == "[보도참고] 섬마을 등대 새단장 시작"
    assert parts.body == BODY


def test_a_sentence_that_speaks_of_the_title_is_not_the_title() -> None:
    told = "섬마을 등대 새단장 시작 관련 보도자료 내용입니다."

    assert dissect(told, "섬마을 등대 새단장 시작").body == told


def test_a_text_that_begins_with_a_sentence_has_no_title() -> None:
    parts = dissect(BODY, None)

    assert parts.title == ""
    assert parts.body == BODY


def test_a_release_of_its_heading_alone_keeps_it_as_body() -> None:
    parts = dissect("- 등대 열두 곳을 고친다\n- 두 해 동안", "섬마을 등대")

    assert parts.subtitles == ("등대 열두 곳을 고친다", "두 해 동안")
    assert parts.body == "- 등대 열두 곳을 고친다\n- 두 해 동안"


def test_a_task_of_the_government_in_the_title_box_is_no_subtitle() -> None:
    parts = dissect(
        f"{HEAD}등대를 고친다\n- 열두 곳 -\n【관련 국정과제】 7. 밝은 바다\n\n{BODY}", None
    )

    assert parts.subtitles == ("열두 곳",)
    assert parts.body.startswith("【관련 국정과제】")


def test_an_unmarked_last_line_of_the_title_box_is_the_subtitle() -> None:
    title = "가람부, 섬마을 등대를 지켜온 사람을 찾는다"

    parts = dissect(f"{HEAD}{title}\n묵묵히 불을 밝힌 이에게 달마다 상\n\n{BODY}", None)

    assert parts.title == title
    assert parts.subtitles == ("묵묵히 불을 밝힌 이에게 달마다 상",)


def test_a_list_of_attachments_is_no_annex() -> None:
    listed = "붙임 1. 등대 새단장 사업 개요\n2. 등대 사진. 끝."

    parts = dissect(f"{BODY}\n\n{listed}", "등대를 고친다")

    assert parts.body == f"{BODY}\n\n{listed}"
    assert parts.annex == ""


@pytest.mark.parametrize(
    "notice",
    [
        "공공누리 공공저작물 자유이용허락",
        "본 저작물은 가람부가 작성하여 공공누리 제1유형으로 개방한 것입니다",
        "이 자료는 가람부의 보도자료를 전재하여 제공함을 알려드립니다.",
    ],
)
def test_licence_and_reprint_notices_are_not_read(notice: str) -> None:
    assert dissect(f"{BODY}\n\n{notice}", "등대를 고친다").body == BODY


def test_a_release_about_the_licence_keeps_its_sentences() -> None:
    told = f"{BODY}\n\n한편, 가람부는 모든 사진의 공공누리 유형을 바꾸기로 했다."

    assert dissect(told, "등대를 고친다").body == told


def test_an_empty_text_has_empty_parts() -> None:
    parts = dissect("", None)

    assert (parts.title, parts.body, parts.contacts, parts.subtitles) == ("", "", "", ())


def test_no_text_is_refused() -> None:
    letters = " \t\n가담당부서책임자보도시점049-().<>□ㅇ※붙임장@\u200b\uf000\U000f0854*①‘’a\ud800"
    dice = random.Random(7)
    for _ in range(60):
        text = "".join(dice.choice(letters) for _ in range(dice.randrange(1500)))
        dissect(text, None)
        dissect(text, text[: dice.randrange(50)])
