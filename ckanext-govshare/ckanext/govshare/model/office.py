"""Office: what the law asks every department to name. 佳木斯 art. 8; 萍乡 art. 24."""

from __future__ import annotations

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.orm import Mapped, mapped_column

PROFILE = ("principal", "unit", "staff", "phone")


class Office(toolkit.BaseModel):
    """``principal`` 第一责任人, ``unit`` 专职机构, ``staff`` 专职人员, ``phone``; empty text means not yet named."""

    __tablename__ = "govshare_office"

    organization_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    uscc: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False, default="")
    classification_code: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False, unique=True)
    next_sequence: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=1)
    principal: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False, default="")
    unit: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False, default="")
    staff: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False, default="")
    phone: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False, default="")
