"""K-Startup 모집중 사업공고 API: the same notices as kstartup, to check it, data.go.kr 15125364."""

from scrapers.platforms import kstartup
from scrapers.platforms.api import Api

SOURCE = Api(
    publisher=None,
    # cond[rcrt_prgs_yn::EQ]=Y: open for applications.
    url="https://apis.data.go.kr/B552735/kisedKstartupService01/getAnnouncementInformation01"
    "?serviceKey={key:data_go_kr}&returnType=json&page=1&perPage=500"
    "&cond%5Brcrt_prgs_yn%3A%3AEQ%5D=Y",
    rows="data",
    key="pbanc_sn",
    title="biz_pbanc_nm",
    link=kstartup.LINK,
    # No day of publication; once begun, the first day of applications stands for it.
    date="pbanc_rcpt_bgng_dt",
    issuer="pbanc_ntrp_nm",
    summary="pbanc_ctnt",
    article=kstartup.ARTICLE,
    every=1800,
    pause=2,
    route_of="kstartup",
    checks=True,
    needs=("data_go_kr",),
)
