"""The empty form for catalogs: our layout with lists to choose from, one example, and what each column means."""

from __future__ import annotations

from pathlib import Path

from ckanext.govshare import rulebook
from ckanext.govshare.domain.catalog_mapping import writable
from ckanext.govshare.domain.entry import Field
from ckanext.govshare.exports.catalog.as_xlsx import write_template
from ckanext.govshare.exports.catalog.layout import BY_CODE, Layout
from ckanext.govshare.logic.catalog.reading import EXAMPLE

REQUIRED = {"always": "必填", "submit": "提交审核前必填", "never": "选填"}
HEAD = ("栏目", "是否必填", "填写说明", "可填的值")
ITEMS = "每行一个信息项，各部分用“｜”隔开：名称｜类型｜长度｜含义｜是否敏感｜是否开放"
BASIS = "每行一项依据，各部分用“｜”隔开：文件名称｜条款｜效力层级"

_EXAMPLE: dict[str, object] = {
    "title": f"{EXAMPLE}公共自行车站点信息（请勿删除本行上方表头；本行不会导入）",
    "notes": "全市公共自行车站点的编号、名称、位置和桩位数，2019年起。",
    "tag_string": "自行车,公共交通",
    "format_class": "spreadsheet",
    "format_detail": "CSV、XLSX",
    "data_items": [
        {
            "name": "站点编号",
            "type": "C",
            "length": "8",
            "meaning": "唯一编号",
            "sensitive": False,
            "opened": True,
        },
        {
            "name": "桩位数",
            "type": "I",
            "length": "",
            "meaning": "停车桩总数",
            "sensitive": False,
            "opened": True,
        },
    ],
    "theme": "transport",
    "share_type": "unconditional",
    "openness": "unconditional",
    "license_id": "public-data-attribution",
    "update_cycle": "monthly",
    "contact_name": "数据管理科",
    "contact_phone": "0000-12345678",
}


def write(target: Path, department: str) -> None:
    """Write the form for one department."""
    layout = Layout(writable(rulebook.entry_fields()), rulebook.VOCABULARIES, spelled=True)
    write_template(layout, {**_EXAMPLE, "owner_org": department}, _notes(layout), target)


def _notes(layout: Layout) -> list[list[str]]:
    rows = [
        [field.header_1272, REQUIRED[field.required], field.help["zh"], _values(layout, field)]
        for field in layout.fields
    ]
    return [list(HEAD), *rows]


def _values(layout: Layout, field: Field) -> str:
    if field.kind == "items":
        words = layout.vocabularies[field.vocabulary]
        return f"{ITEMS}\n类型：" + "、".join(words.label(term.code) for term in words.terms)
    if field.kind == "basis":
        words = layout.vocabularies[field.vocabulary]
        return f"{BASIS}\n效力层级：" + "、".join(words.label(term.code) for term in words.terms)
    if field.vocabulary in BY_CODE:
        return "填代码，或不会重名的名称"
    if field.kind in ("choice", "license"):
        return "、".join(
            layout.word(field, term.code) for term in layout.vocabularies[field.vocabulary].terms
        )
    return f"不超过 {field.max_length} 字" if field.max_length else ""
