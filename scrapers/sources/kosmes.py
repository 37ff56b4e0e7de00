"""중소벤처기업진흥공단 공지사항: Korea SMEs and Startups Agency, notices."""

from scrapers.platforms.api import Api

SOURCE = Api(
    publisher="kosme",
    url="https://www.kosmes.or.kr/sh/nts/notice_list.json",
    # As the site's own page asks, its spelling included. 01 is the agency's own board.
    form={
        "nowPage": "1",
        "pageCount": "10",
        "rowCount": "30",
        "param": "proc=List",
        "bKind": "popluar",
        "activatedTab": "01",
    },
    headers={
        "X-Requested-With": "XMLHttpRequest",
        "Referer": "https://www.kosmes.or.kr/nsh/SH/NTS/SHNTS001M0.do",
    },
    rows="ds_infoList",
    error="pageInfo.resultMsg",
    key="SLNO",
    title="TITL_NM",
    link="https://www.kosmes.or.kr/nsh/SH/NTS/SHNTS001F0.do?seqNo={key}&tabPage=01",
    date="REG_DTM",
    every=1800,
    pause=2,
    off=(
        "브라우저가 아닌 요청을 시스템 오류로 물리친다고 합니다. 공고는 bizinfo에도 실립니다"
        " / it is said to refuse whoever is no browser; bizinfo carries its calls"
    ),
)
