"""Which picture a table allows, by the types and names of its columns."""

import pytest
from ckanext.govshare.domain.chart import BAR, LINE, MAP, MEAN, SUM, Chart, choices, chosen, point_columns
from ckanext.govshare.domain.table import Column


def columns(text):
    return [Column(*part.split(":")) for part in text.split()]


CASES = [
    ("words and numbers", "区域:text 数量:integer", Chart(BAR, "区域", "数量", SUM)),
    ("a date before words", "日期:date 区域:text 客流量:number", Chart(LINE, "日期", "客流量", SUM)),
    ("a year is a time, not a quantity", "年份:integer 人口数:integer", Chart(LINE, "年份", "人口数", SUM)),
    ("rates are averaged", "区域:text 失业率:number", Chart(BAR, "区域", "失业率", MEAN)),
    ("an index is averaged", "日期:date AQI:integer", Chart(LINE, "日期", "AQI", MEAN)),
    ("points", "名称:text 经度:number 纬度:number 泊位数:integer", Chart(MAP, "经度", "纬度", SUM)),
    ("points in English", "name:text lng:number Lat:number", Chart(MAP, "lng", "Lat", SUM)),
    ("codes are no quantities", "行政区划代码:text 序号:integer", None),
    ("words only", "名称:text 地址:text", None),
    ("numbers only", "数量:integer", None),
    ("coordinates as text draw nothing", "经度:text 纬度:text", None),
]


@pytest.mark.parametrize(("name", "text", "chart"), CASES, ids=[case[0] for case in CASES])
def test_first_picture_on_offer(name, text, chart):
    assert chosen(choices(columns(text))) == chart


def test_a_person_may_choose_what_the_table_allows():
    offered = choices(columns("日期:date 区域:text 类别:text 数量:integer 面积:number"))
    assert offered.kinds == (LINE, BAR)
    assert chosen(offered, BAR, "类别", "面积") == Chart(BAR, "类别", "面积", SUM)
    assert chosen(offered, MAP, "类别", "没有") == Chart(LINE, "日期", "数量", SUM)
    assert chosen(offered, BAR, "日期", "数量") == Chart(BAR, "区域", "数量", SUM)


def test_two_columns_of_longitude_are_no_point():
    assert point_columns(columns("经度:number lng:number 纬度:number")) is None
