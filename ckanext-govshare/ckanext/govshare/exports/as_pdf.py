"""A page as PDF (PDF/UA, fonts embedded), made of the HTML and the style given and of nothing that lies elsewhere.

To import this costs two seconds and 60 MB: whoever needs it imports it then.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from typing import NoReturn

from weasyprint import CSS, HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher

VARIANT = "pdf/ua-1"


class Fetched(FatalURLFetchingError):  # type: ignore[misc]  # noqa: N818
    """The page asked for something outside itself; it is not made then."""


class _Nothing(URLFetcher):  # type: ignore[misc]
    """Fetches nothing, from nowhere: neither network nor files."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> NoReturn:
        del headers
        raise Fetched(url)


def as_pdf(html: str, style: str) -> bytes:
    """Return the PDF; nothing of it is kept.

    :raises Fetched: ``html`` or ``style`` names a picture, a style or a font that would have to be fetched.
    """
    sheet = CSS(string=style, url_fetcher=_Nothing())
    try:
        page = HTML(string=html, url_fetcher=_Nothing())
        made: bytes = page.write_pdf(stylesheets=[sheet], pdf_variant=VARIANT)
    finally:
        gc.collect()  # each page holds 60 MB of fonts in circles
    return made
