"""중소벤처기업부 사업공고 API: the same calls as mss_notice, to check it, data.go.kr 15113297."""

from scrapers.platforms import mss
from scrapers.platforms.opendata import OpenData

SOURCE = OpenData(
    publisher="mss",
    url="https://apis.data.go.kr/1421000/mssBizService_v2/getbizList_v2"
    "?serviceKey={key:data_go_kr}&pageNo=1&numOfRows=100&startDate={since}&endDate={until}",
    item="body/items/item",
    key="itemId",
    title="title",
    link=mss.post_url(mss.NOTICE),
    # No day of publication; the page has it. Once begun, the first day of applications stands in.
    date="applicationStartDate",
    text="dataContents",
    total="body/totalCount",
    article=mss.NOTICE_ARTICLE,
    days=14,
    dashed=True,
    kind="notice",
    every=1800,
    route_of="mss_notice",
    checks=True,
)
