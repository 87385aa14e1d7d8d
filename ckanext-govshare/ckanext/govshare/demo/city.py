"""Read the demonstration city's files and hand over offices, people and entries as plain values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from ckanext.govshare.demo.tables import Table, read_table

SHARE_CONDITION = "因履行职责需要使用的部门提出申请，说明用途和使用范围，经提供方同意后使用。"
DEFAULT_LICENSE = "public-data-attribution"
TABLE_FORMATS = "CSV、XLSX、JSON、XML"
ITEM = re.compile(r"(?P<name>.+) (?P<type>[A-Z])(?P<length>\d*)(?P<sensitive>\*?)")

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Account:
    """Somebody who can log in: a demonstration account, or one of a department's own people."""

    name: str
    fullname: str
    role: str
    organization: str | None = None

    @property
    def capacity(self) -> str:
        """The membership in CKAN's words."""
        return {"clerk": "editor", "head": "admin", "bureau": "admin"}[self.role]


@dataclass(frozen=True)
class Entry:
    """One entry: its card as CKAN takes it, how far it shall come, the change proposed to it, its data.

    ``data`` is how far the edition made of ``table`` shall come: one of ``editions.STATIONS``.
    """

    organization: str
    card: Mapping[str, Any]
    state: str
    note: str
    change: Mapping[str, Any]
    table: str
    data: str
    encoding: str


class City:
    """The city in ``folder``: ``city.yaml offices.yaml entries.yaml bases.yaml tables.yaml applications.yaml``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._facts = self._read("city")

    @property
    def bureau(self) -> str:
        """Name of the bureau's organization."""
        return str(self._facts["bureau"])

    @property
    def mail_domain(self) -> str:
        """Domain of everybody's mail address; a reserved one."""
        return str(self._facts["mail_domain"])

    @cached_property
    def offices(self) -> tuple[Mapping[str, str], ...]:
        """Departments: name, title, description, mail and the profile (empty where it is empty)."""
        return tuple({key: value or "" for key, value in row.items()} for row in self._read("offices"))

    @cached_property
    def accounts(self) -> tuple[Account, ...]:
        """The demonstration accounts, whose passwords are told."""
        return tuple(Account(**row) for row in self._facts["accounts"])

    @cached_property
    def people(self) -> tuple[Account, ...]:
        """A clerk and a head for each department that has no demonstration account of that role."""
        held = {(account.organization, account.role) for account in self.accounts}
        found = []
        for number, office in enumerate(self.offices):
            for role, names in (("clerk", _CLERKS), ("head", _HEADS)):
                if (office["name"], role) not in held:
                    name = f"{office['name']}-{role}"
                    found.append(Account(name, names[number % len(names)], role, office["name"]))
        return tuple(found)

    def person(self, role: str, organization: str) -> str:
        """Name of the user who acts in ``role`` for ``organization``."""
        everybody = (*self.accounts, *self.people)
        return next(a.name for a in everybody if a.role == role and a.organization == organization)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, department by department."""
        rows = self._read("entries")
        offices = {office["name"]: office for office in self.offices}
        return tuple(self._entry(offices[name], row) for name, entries in rows.items() for row in entries)

    @cached_property
    def applicants(self) -> Mapping[str, Mapping[str, str]]:
        """What the invented applicants say about themselves, by account."""
        return dict(self._read("applications")["applicants"])

    @cached_property
    def applications(self) -> tuple[Mapping[str, Any], ...]:
        """Applications for conditional entries and how far each shall come."""
        return tuple(self._read("applications")["applications"])

    @cached_property
    def lists(self) -> Mapping[str, Any]:
        """The named lists that the recipes draw from."""
        centre = self._facts["centre"]
        return {
            **self._facts["lists"],
            "city_word": [str(self._facts["city"]).removesuffix("市")],
            "centre": [str(centre["longitude"]), str(centre["latitude"])],
            "area_code": [str(self._facts["area_code"])],
            "division": [str(self._facts["division"])],
        }

    def table(self, name: str) -> Table:
        """Return one table, made ready."""
        return read_table(name, self._specs[name], self.lists)

    @cached_property
    def _specs(self) -> Mapping[str, Any]:
        return dict(self._read("tables"))

    @cached_property
    def _bases(self) -> Mapping[str, Any]:
        return dict(self._read("bases"))

    def _read(self, name: str) -> Any:
        return yaml.load((self._folder / f"{name}.yaml").read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506

    def _entry(self, office: Mapping[str, str], row: Mapping[str, Any]) -> Entry:
        change = {_CARD_NAMES.get(key, key): value for key, value in row.get("change", {}).items()}
        return Entry(
            organization=office["name"],
            card=self._card(office, row),
            state=str(row.get("state", "published")),
            note=str(row.get("note", "")),
            change=change,
            table=str(row.get("table", "")),
            data=str(row.get("data", "released" if "table" in row else "")),
            encoding=str(row.get("encoding", "utf-8")),
        )

    def _card(self, office: Mapping[str, str], row: Mapping[str, Any]) -> dict[str, Any]:
        openness = row.get("openness", "unconditional")
        bases = [self._bases[key] for key in row.get("basis", ())]
        card = {
            "title": row["title"],
            "owner_org": office["name"],
            "notes": row["notes"],
            "tags": [{"name": str(word)} for word in row["tags"]],
            "theme": row["theme"],
            "industry": row["industry"],
            "region": self._facts["region"],
            "update_cycle": row["cycle"],
            "format_class": row.get("format", "spreadsheet"),
            "format_detail": row.get("format_detail", TABLE_FORMATS if "table" in row else "XLSX"),
            "data_items": list(self._items(row)),
            "openness": openness,
            "openness_basis": bases,
            "source_department": row.get("source", office["title"]),
            "contact_name": office["unit"] or "办公室",
            "contact_phone": office["phone"] or f"{self._facts['area_code']}-5550100",
            "contact_email": office["mail"],
            **_openness(openness, row),
            **_sharing(str(row.get("share", openness)), bases),
        }
        return {key: value for key, value in card.items() if value not in ("", [])}

    def _items(self, row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        if "table" in row:
            table = self.table(row["table"])
            for column in table.columns:
                sensitive = column.name not in table.opened
                yield _item(column.name, column.type, column.length, column.meaning, sensitive=sensitive)
            return
        for text in str(row["items"]).split(", "):
            found = ITEM.fullmatch(text)
            if found is None:
                raise ValueError(f"{row['title']}: {text}")
            yield _item(found["name"], found["type"], found["length"], "", sensitive=bool(found["sensitive"]))


_CARD_NAMES = {"cycle": "update_cycle"}
_CLERKS = ("方示例", "邹样例", "严范例", "华演示", "金试用", "魏示例", "陶样例", "姜范例", "戚演示")
_HEADS = ("章范例", "云演示", "苏试用", "潘示例", "葛样例", "奚范例", "彭演示", "鲁试用", "韦示例")


def _item(name: str, letter: str, length: str, meaning: str, *, sensitive: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "type": letter,
        "length": length,
        "meaning": meaning,
        "sensitive": sensitive,
        "opened": not sensitive,
    }


def _openness(openness: str, row: Mapping[str, Any]) -> dict[str, str]:
    if openness == "conditional":
        return {"openness_condition": row["condition"]}
    if openness == "closed":
        return {"openness_reason": row["reason"]}
    return {"license_id": DEFAULT_LICENSE}


def _sharing(share: str, bases: list[Mapping[str, str]]) -> dict[str, str]:
    if share == "unconditional":
        return {"share_type": share, "share_method": "platform_file"}
    basis = "；".join(base["title"] + base["article"] for base in bases)
    condition = {"share_condition": SHARE_CONDITION, "share_method": "platform_service"}
    return {"share_type": share, "share_basis": basis, **(condition if share == "conditional" else {})}
