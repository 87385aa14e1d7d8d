"""One archive with everything a reader needs: the table as CSV, its data dictionary, the licence, and checksums."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ckanext.govshare.exports import checksums

LICENCE = "LICENSE.txt"
_MOMENT = (2000, 1, 1, 0, 0, 0)  # a fixed date of making: same content, same bytes


def write(files: Sequence[tuple[str, Path, str]], licence: str, target: Path) -> None:
    """Write ``files`` (name, place, digest), the licence and ``SHA256SUMS`` over all of them."""
    text = licence.encode()
    listed = [*((sha, name) for name, _place, sha in files), (sha256(text).hexdigest(), LICENCE)]
    with ZipFile(target, "w") as archive:
        for name, place, _sha in files:
            member = _member(name)
            member.file_size = place.stat().st_size
            with place.open("rb") as source, archive.open(member, "w") as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
        archive.writestr(_member(LICENCE), text)
        archive.writestr(_member("SHA256SUMS"), checksums.listing(listed))


def _member(name: str) -> ZipInfo:
    member = ZipInfo(name, _MOMENT)
    member.compress_type = ZIP_DEFLATED
    return member
