"""Every part of the pages on one page; served in development only."""

from __future__ import annotations

import re
from typing import Any

from ckan.plugins import toolkit
from flask import Blueprint

from ckanext.govshare.helpers.site import THEME_FILES

blueprint = Blueprint("govshare_styleguide", __name__)
LONG = (
    "关于进一步加强全市公共数据目录编制、更新与开放分级分类管理工作的若干统计数据（含各县（市、区）汇总情况）"
)


@blueprint.route("/styleguide")
def styleguide() -> str:
    """Show the parts with the longest and the emptiest content that they must bear."""
    sprite = (THEME_FILES / "icons.svg").read_text(encoding="utf-8")
    icons = re.findall(r'<symbol id="([^"]+)"', sprite)
    rows = [
        {
            "a": 2000 + number,
            "b": f"某县（市、区）第{number}街道",
            "c": f"{number * 123.456:,.2f}",
            "d": "正常",
        }
        for number in range(20)
    ]
    rows[3]["d"] = LONG
    return toolkit.render(
        "govshare/styleguide.html", {"icons": icons, "entries": _entries(), "facets": _facets(), "rows": rows}
    )


def _entries() -> list[dict[str, Any]]:
    files = [
        {"format": name, "url": "#row", "size_text": "1.2 MB"} for name in ("CSV", "XLSX", "JSON", "XML")
    ]
    plain = {"url": "#row", "department_url": "#row"}
    return [
        {
            **plain,
            "title": "公交站点信息",
            "openness": "unconditional",
            "department": "市交通运输局",
            "theme": "交通运输",
            "theme_code": "transport",
            "notes": "全市公交线路经过的站点，含名称、所在道路、经纬度和首末班时间。" * 4,
            "updated": "2026-11-20",
            "updated_text": "2026年11月20日",
            "cycle": "每月",
            "late": True,
            "files": files,
            "rows_text": "1,204 行 × 8 列",
        },
        {
            **plain,
            "title": LONG,
            "openness": "conditional",
            "department": "市住房和城乡建设局（市人民防空办公室）",
            "files": [],
        },
    ]


def _facets() -> list[dict[str, Any]]:
    themes = (
        "交通运输",
        "医疗卫生",
        "城建住房及其他很长的名称测试换行的情况",
        "气象服务",
        "地理空间",
        "其他",
    )
    items = [
        {"label": label, "count": 90 - 7 * number, "url": "#facet", "active": number == 0}
        for number, label in enumerate(themes)
    ]
    return [
        {"name": "theme", "label": "主题", "open": True, "items": items},
        {"name": "cycle", "label": "更新周期", "open": False, "items": items[3:]},
    ]
