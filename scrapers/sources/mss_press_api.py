"""중소벤처기업부 보도자료 API: the same releases as mss_press, to check it, data.go.kr."""

from scrapers.platforms import mss
from scrapers.platforms.opendata import OpenData

SOURCE = OpenData(
    publisher="mss",
    url="https://apis.data.go.kr/1421000/mssPressService_v2/getPressList_v2"
    "?serviceKey={key:data_go_kr}&pageNo=1&numOfRows=100&startDate={since}&endDate={until}",
    item="body/items/item",
    key="itemId",
    title="title",
    link=mss.post_url(mss.PRESS),
    date="regDate",
    total="body/totalCount",
    article=mss.ARTICLE,
    days=7,
    dashed=True,
    # Of a key that was not upgraded it takes a hundred calls a day.
    every=1800,
    route_of="mss_press",
    checks=True,
)
