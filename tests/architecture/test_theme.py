"""The look keeps its own rules: one file of colours, enough contrast, nothing inline, every part in the guide."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
THEME = ROOT / "theme"
CSS = THEME / "assets/css"
TOKENS = CSS / "tokens.css"
SPRITE = THEME / "public/govshare/icons.svg"
TEMPLATES = sorted((THEME / "templates").rglob("*.html"))
STYLES = sorted(CSS.glob("*.css"))
SVG = "{http://www.w3.org/2000/svg}"

TEXT, EDGE = 4.5, 3.0
PAIRS = [
    # ink, ground, least contrast
    *[(ink, ground, TEXT) for ink in ("ink", "ink-soft") for ground in ("paper", "wash", "wash-deep")],
    *[("ink", ground, TEXT) for ground in ("brand-soft", "ok-soft", "warn-soft", "bad-soft", "mark")],
    ("ink-soft", "brand-soft", TEXT),
    ("ink-faint", "paper", TEXT),
    ("ink-faint", "wash-deep", TEXT),
    ("brand", "paper", TEXT),
    ("brand", "wash", TEXT),
    ("brand-deep", "brand-soft", TEXT),
    *[("on-brand", ground, TEXT) for ground in ("brand", "brand-deep", "brand-deepest", "accent", "bad")],
    *[("on-brand-soft", ground, TEXT) for ground in ("brand", "brand-deep", "brand-deepest")],
    ("accent-deep", "wash", TEXT),
    ("accent", "paper", TEXT),
    *[(tone, f"{tone}-soft", TEXT) for tone in ("ok", "warn", "bad", "mute")],
    *[("line-strong", ground, EDGE) for ground in ("paper", "wash")],
    *[("focus", ground, EDGE) for ground in ("paper", "wash", "brand-soft", "brand-deepest")],
]


def colours() -> dict[str, str]:
    return dict(re.findall(r"--gs-([\w-]+): (#[0-9a-f]{6});", TOKENS.read_text(encoding="utf-8")))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def icons() -> set[str]:
    return {symbol.get("id", "") for symbol in ET.parse(SPRITE).iter(f"{SVG}symbol")}  # noqa: S314


def without_comments(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return re.sub(r"\{#.*?#\}|/\*.*?\*/", "", text, flags=re.DOTALL)


@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_contrast(ink, ground, least):
    named = colours()
    assert contrast(named[ink], named[ground]) >= least


def test_contrast_is_measured_as_wcag_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("path", [path for path in STYLES if path != TOKENS], ids=lambda path: path.name)
def test_colours_stand_in_one_file(path):
    raw = re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", without_comments(path))
    assert raw == []


def test_every_token_that_is_used_exists():
    known = set(re.findall(r"(--gs-[\w-]+):", TOKENS.read_text(encoding="utf-8")))
    used = {name for path in STYLES for name in re.findall(r"var\((--gs-[\w-]+)\)", without_comments(path))}
    assert used - known == set()


def test_every_style_sheet_and_script_is_bundled():
    bundles = yaml.safe_load((THEME / "assets/webassets.yml").read_text(encoding="utf-8"))
    bundled = {name for bundle in bundles.values() for name in bundle["contents"]}
    present = {str(path.relative_to(THEME / "assets")) for path in (THEME / "assets").glob("*/*.*")}
    assert bundled == present


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(THEME / "templates")))
def test_template_holds_nothing_a_strict_policy_would_block(path):
    text = without_comments(path)
    found = re.findall(r"<script\b[^>]*>[^<]|<style\b|\sstyle=|\son[a-z]+=|javascript:", text)
    assert found == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(THEME / "templates")))
def test_template_loads_nothing_from_elsewhere(path):
    text = without_comments(path)
    assert re.findall(r'<(?:script|link|img|iframe|use)\b[^>]*(?:src|href)="(?:https?:)?//', text) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(THEME / "templates")))
def test_every_posting_form_carries_its_token(path):
    for form in re.findall(r"<form\b[^>]*>.*?</form>", without_comments(path), flags=re.DOTALL):
        if re.search(r'method="post"', form, flags=re.IGNORECASE):
            assert "csrf" in form, form[:120]


def test_icons_that_templates_name_are_drawn():
    call = re.compile(r'icon\((?:"([\w-]+)")')
    named = {name for path in TEMPLATES for name in call.findall(without_comments(path))}
    assert named
    assert {name for name in named if not name.endswith("-")} - icons() == set()


def test_every_theme_has_its_icon():
    vocabulary = yaml.safe_load(
        (ROOT / "config/statutes/vocabularies/theme.yaml").read_text(encoding="utf-8")
    )
    assert {f"theme-{term['code']}" for term in vocabulary["terms"]} - icons() == set()


def test_the_guide_shows_every_part():
    shown = (THEME / "templates/govshare/styleguide.html").read_text(encoding="utf-8")
    parts = set(
        re.findall(r"\{% set (\w+) =", (THEME / "templates/govshare/ui.html").read_text(encoding="utf-8"))
    )
    inside_others = {"field", "format_link", "csrf"}
    missing = {part for part in parts - inside_others if f"ui.{part}(" not in shown}
    assert missing == set()


def test_steps_to_conditional_data_say_their_days_as_the_table_does():
    table = yaml.safe_load((ROOT / "config/statutes/opening_steps.yaml").read_text(encoding="utf-8"))
    for step in table["steps"]:
        for days in (step.get("days"), step.get("extension_days")):
            for text in step["text"].values():
                assert days is None or str(days) in text, json.dumps(step, ensure_ascii=False)
