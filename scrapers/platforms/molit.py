"""The boards of 국토교통부: what their posts' pages have in common."""

from scrapers.platforms.article import ArticleLayout

ARTICLE = ArticleLayout(
    # Of a press release it is a document viewer, which holds no text of its own.
    body="div.bd_view_cont",
    # The list appends 새글 to its titles.
    title="div.bd_view h4",
    above="div.bd_view ul.bd_view_ul_lst",
    files='li.file a[href*="/LCMS/DWN.jsp?"]',
)
