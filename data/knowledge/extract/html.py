"""HTML into Markdown, without what no reader sees: scripts, styles, menus, hidden parts, forms."""

import re

from bs4 import BeautifulSoup, Comment, Tag
from markdownify import MarkdownConverter

from data.knowledge.extract.extracted import Extracted

_UNREAD = (
    "script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "canvas", "audio", "video",
    "nav", "form", "button", "input", "select", "textarea", "dialog", "head",
)  # fmt: skip
_ROLES = frozenset({"navigation", "banner", "search", "dialog", "alertdialog", "menu", "menubar"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n{3,}")


def html_to_markdown(html: str | bytes) -> Extracted:
    """Take the text out of a page.

    `main` (or the only `article`) is taken where there is one; otherwise everything but what frames a page.

    Args:
        html: The page; bytes are decoded as HTML says (byte order mark, `meta`), else guessed.
    """
    soup = BeautifulSoup(html, "html.parser")
    title = soup.title.get_text(" ", strip=True) if soup.title else None
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for tag in soup.find_all(_UNREAD):
        tag.decompose()
    for tag in soup.find_all(_is_hidden):
        tag.decompose()
    root = _content(soup)
    # Links are not spoken, pictures are not heard, and a backslash before a dot would be.
    converter = MarkdownConverter(
        heading_style="ATX",
        bullets="-",
        strip=["a", "img"],
        escape_asterisks=False,
        escape_underscores=False,
        escape_misc=False,
        table_infer_header=True,
    )
    text = _BLANK_LINES.sub("\n\n", converter.convert_soup(root)).strip()
    return Extracted(text, title or None)


def _content(soup: BeautifulSoup) -> Tag:
    main = soup.find("main") or soup.find(role="main")
    if isinstance(main, Tag) and main.get_text(strip=True):
        return main
    articles = soup.find_all("article")
    if len(articles) == 1 and articles[0].get_text(strip=True):
        return articles[0]
    for tag in soup.find_all(["header", "footer", "aside"]):
        # A heading may be all that a page's header holds; an address may be all that its footer does.
        if tag.find(["h1", "h2", "address", "table"]) is None:
            tag.decompose()
    return soup


def _is_hidden(tag: Tag) -> bool:
    style = tag.attrs.get("style", "")
    return (
        "hidden" in tag.attrs
        or tag.attrs.get("aria-hidden") == "true"
        or tag.attrs.get("role") in _ROLES
        or (isinstance(style, str) and _HIDDEN.search(style) is not None)
    )
