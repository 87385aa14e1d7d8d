"""Resource codes (信息资源代码): class code of the department, slash, sequence. 发改高技〔2017〕1272号."""

from __future__ import annotations

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.govshare.model import Office, Publication

# 类 3 is 部门; 项 and 目 are local: the department's number in the portal.
DEPARTMENT_CLASS = "3"


def office_of(organization_id: str) -> Office:
    """Return the department's office row, made with the next free class code when it is missing."""
    office = model.Session.get(Office, organization_id)
    if office is None:
        model.Session.execute(
            insert(Office)
            .values(
                organization_id=organization_id,
                classification_code=_next_class_code(),
                uscc="",
                next_sequence=1,
                principal="",
                unit="",
                staff="",
                phone="",
            )
            .on_conflict_do_nothing(index_elements=["organization_id"])
        )
        office = model.Session.get(Office, organization_id)
    assert office is not None  # noqa: S101 - just written or written by somebody else
    return office


def allocate_codes(organization_id: str, number: int) -> list[str]:
    """Take ``number`` codes in sequence; the department's row stays locked until the caller commits."""
    office = office_of(organization_id)
    taken = model.Session.execute(
        sa.update(Office)
        .where(Office.organization_id == organization_id)
        .values(next_sequence=Office.next_sequence + number)
        .returning(Office.next_sequence)
    ).scalar_one()
    codes = [f"{office.classification_code}/{n}" for n in range(taken - number, taken)]
    held = set(
        model.Session.scalars(
            sa.select(Publication.resource_code).where(Publication.resource_code.in_(codes))
        )
    )
    free = [code for code in codes if code not in held]
    return free + (allocate_codes(organization_id, len(held)) if held else [])


def _next_class_code() -> str:
    # Serialized by an advisory lock: two first entries of two departments must not share a number.
    model.Session.execute(sa.select(sa.func.pg_advisory_xact_lock(0x60765AE)))
    numbers = [
        int(code[1:6])
        for code in model.Session.scalars(sa.select(Office.classification_code))
        if code.startswith(DEPARTMENT_CLASS) and len(code) == 6 and code.isdigit()  # noqa: PLR2004
    ]
    return f"{DEPARTMENT_CLASS}{max(numbers, default=1000) + 1:05d}"
