"""소상공인24 지원사업 공고: support notices for micro-enterprises, sbiz24.kr."""

from scrapers.platforms.api import Api

_SITE = "https://www.sbiz24.kr"

SOURCE = Api(
    publisher="semas",
    url=f"{_SITE}/api/pbanc/sbiz24PbancList",
    # The site's own search form, empty, newest first.
    json=(
        '{"sortModel": [{"colId": "rcptPd.from", "sort": "desc"}], "search": {'
        '"searchValue": "", "rcrtTypeCdNmList": [], "rcrtTypeCdNmListDisplay": "",'
        ' "regionNmList": [], "regionNmListDisplay": "", "tpbizCdList": [],'
        ' "tpbizCdListDisplay": "", "bhis": {"from": null, "to": null},'
        ' "wrkr": {"from": null, "to": null}, "sls": {"from": null, "to": null},'
        ' "aplySeYn": "N", "sbrPbancYn": "N", "itrstPbancYn": "N", "departNmList": null,'
        ' "searchBox": null, "departNmListDisplay": "", "ptPbancSortBy": null,'
        ' "pbancNm": null, "regionCdList": []},'
        ' "paging": true, "startRow": 0, "endRow": 100}'
    ),
    # Without it the site answers 500.
    headers={"Origin-Method": "GET"},
    rows="data.default.list",
    error="message",
    key="pbancSn",
    title="pbancNm",
    link=f"{_SITE}/#/pbanc/{{key}}",
    # The list has no day of publication; once begun, the first day of applications stands for it.
    date="rcptPd.from",
    view=f"{_SITE}/api/pbanc/{{key}}",
    text="data.default.pbancDtlCn",
    every=1800,
    pause=2,
)
