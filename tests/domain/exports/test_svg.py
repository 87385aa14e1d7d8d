"""Pictures: well-formed, with title and description, every value in them, whatever the values are."""

# ruff: noqa: S314 - our own pictures

from xml.etree import ElementTree as ET

import pytest
from ckanext.govshare.exports import as_svg

VALUES = [("东区<&>", 12.5), ("西区", -3.0), ("南区", 0.0)]
CASES = [
    ("bars", as_svg.bars, VALUES, "rect", 3),
    ("no bars", as_svg.bars, [], "rect", 0),
    ("only zeros", as_svg.bars, [("a", 0.0)], "rect", 1),
    ("line", as_svg.line, VALUES, "circle", 3),
    ("one moment", as_svg.line, [("2024", 5.0)], "circle", 1),
    ("always the same", as_svg.line, [("2023", -2.0), ("2024", -2.0)], "circle", 2),
    ("tiny and huge", as_svg.line, [("2023", 1e-9), ("2024", 1e15)], "circle", 2),
    ("no line", as_svg.line, [], "circle", 0),
    ("points", as_svg.points, [(130.3, 46.8, "甲<"), (130.4, 46.9, "乙")], "circle", 2),
    ("one point", as_svg.points, [(130.3, 46.8, "甲")], "circle", 1),
    ("at the poles", as_svg.points, [(-180.0, -90.0, ""), (180.0, 90.0, "")], "circle", 2),
    ("no points", as_svg.points, [], "circle", 0),
]


@pytest.mark.parametrize("size", as_svg.SIZES, ids=lambda size: size.code)
@pytest.mark.parametrize(("name", "draw", "values", "shape", "count"), CASES, ids=[case[0] for case in CASES])
def test_picture(name, draw, values, shape, count, size):
    root = ET.fromstring(draw(values, "题<目>", "说明", size=size))
    assert len(list(root.iter(shape))) == count
    assert (root.find("title").text, root.find("desc").text) == ("题<目>", "说明")
    _x, _y, width, height = map(float, root.get("viewBox").split())
    for element in root.iter(shape):
        x, y = float(element.get("x", element.get("cx"))), float(element.get("y", element.get("cy")))
        assert 0 <= x <= width
        assert 0 <= y <= height


def test_a_page_has_each_picture_for_every_width():
    """With names of their own, so that each is read by its own title."""
    drawn = as_svg.both(as_svg.bars, VALUES, "题目", "说明", name="months")
    pictures = list(ET.fromstring(f"<p>{drawn}</p>"))
    assert [picture.get("viewBox").split()[2] for picture in pictures] == ["640", "320"]
    ids = [element.get("id") for picture in pictures for element in picture.iter() if element.get("id")]
    assert len(ids) == len(set(ids)) == 4
    for picture in pictures:
        assert set(picture.get("aria-labelledby").split()) <= set(ids)


def test_words_have_room_on_a_phone():
    """Ten characters of 14 units each, and beside a bar its number."""
    root = ET.fromstring(as_svg.bars([("一二三四五六七八九十", 1234567.5)], "a", "b", size=as_svg.NARROW))
    word, value = root.iter("text")
    [bar] = root.iter("rect")
    assert float(word.get("y")) < float(bar.get("y"))
    assert float(word.get("x")) + 10 * 14 <= as_svg.NARROW.width
    assert float(value.get("x")) + len(value.text) * 8 <= as_svg.NARROW.width


def test_the_same_rows_the_same_picture():
    assert as_svg.line(VALUES, "a", "b") == as_svg.line(VALUES, "a", "b")


@pytest.mark.parametrize(
    ("number", "text"), [(1234567.891, "1,234,567.89"), (0.0, "0"), (-5.10, "-5.1"), (100.0, "100")]
)
def test_numbers_as_people_read_them(number, text):
    assert as_svg.plain(number) == text
