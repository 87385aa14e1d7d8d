"""Whoever reads the portal in Chinese meets no English sentence, neither ours nor CKAN's."""

import ast
import gettext
import importlib.util
import io
import re
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CATALOGS = sorted((ROOT / "i18n").glob("*/LC_MESSAGES/*.po"))
CHINESE = ROOT / "i18n/zh_Hans_CN/LC_MESSAGES/ckanext-govshare.po"
SENTENCES = sorted((ROOT / "ckanext-govshare/ckanext/govshare/logic").rglob("messages.py"))
CORE_MARK = "CKAN core"
PERCENT = re.compile(r"%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]")
BRACES = re.compile(r"\{[^{}]*\}")
TAGS = re.compile(r"</?[a-z]\w*")
# CKAN's examples of plugins are never enabled on a portal.
NEVER_SHOWN = "ckanext/example_"


def placeholders(text: str) -> tuple[list[str], list[str], list[str]]:
    """Return what code fills in (``%s`` in its order, ``%(x)s`` and ``{x}`` as a set) and the HTML tags."""
    percent = PERCENT.findall(text)
    named = {mark for mark in percent if "(" in mark} | set(BRACES.findall(text))
    return [mark for mark in percent if "(" not in mark], sorted(named), sorted(TAGS.findall(text))


def sources(entry: polib.POEntry) -> list[str]:
    return [entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid]


def translations(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def translated(path: Path) -> dict[str, polib.POEntry]:
    """Return the entries of a catalog that gettext would answer with, by message id."""
    return {entry.msgid: entry for entry in polib.pofile(str(path)) if entry.translated()}


def core_catalog(name: str = "zh_Hans_CN/LC_MESSAGES/ckan.po") -> Path:
    """Return a catalog of CKAN's own as installed, the Chinese one unless asked otherwise."""
    ckan = importlib.util.find_spec("ckan")
    assert ckan is not None, "CKAN is not installed in this environment"
    return Path(ckan.submodule_search_locations[0], "i18n", name)


@pytest.fixture(scope="module")
def extracted(tmp_path_factory) -> dict[str, polib.POEntry]:
    """Return every message of our code and templates, by the documented command."""
    pot = tmp_path_factory.mktemp("i18n") / "all.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "config/babel.cfg"]
    command += ["--ignore-dirs", "var build .* _*", "-o", str(pot), "."]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {entry.msgid: entry for entry in polib.pofile(str(pot))}


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parts[-3])
def test_catalog_is_whole(path):
    catalog = polib.pofile(str(path), check_for_duplicates=True)
    assert catalog.metadata["Language"] == path.parts[-3]
    unfinished = [entry.msgid for entry in catalog if not entry.translated() or entry.obsolete]
    assert unfinished == []


def test_both_languages_have_a_catalog():
    assert {path.parts[-3] for path in CATALOGS} == {"zh_Hans_CN", "en"}


def test_translation_keeps_what_code_fills_in():
    wrong = [
        (entry.msgid, text)
        for entry in polib.pofile(str(CHINESE))
        for text in translations(entry)
        if placeholders(text) not in [placeholders(source) for source in sources(entry)]
    ]
    assert wrong == []


def test_extraction_reads_code_and_templates(extracted):
    read = {Path(file).suffix for entry in extracted.values() for file, _line in entry.occurrences}
    assert {".py", ".html"} <= read


def test_every_message_of_ours_is_translated(extracted):
    known = translated(CHINESE).keys() | translated(core_catalog()).keys()
    missing = [
        f"{msgid!r} {entry.occurrences[:1]}" for msgid, entry in extracted.items() if msgid not in known
    ]
    assert missing == []


def test_plural_messages_have_their_plural(extracted):
    ours, core = translated(CHINESE), translated(core_catalog())
    missing = [
        msgid
        for msgid, entry in extracted.items()
        if entry.msgid_plural and not (ours.get(msgid) or core[msgid]).msgid_plural
    ]
    assert missing == []


@pytest.mark.parametrize("path", SENTENCES, ids=lambda path: path.parent.name)
def test_every_reason_code_has_an_extracted_sentence(path, extracted):
    tables = [
        node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Dict)
    ]
    sentences = {
        ast.literal_eval(key): value.args[0].value if isinstance(value, ast.Call) else ast.unparse(value)
        for table in tables
        for key, value in zip(table.keys, table.values, strict=True)
        if key is not None
    }
    assert sentences
    assert {code: text for code, text in sentences.items() if text not in extracted} == {}


def test_messages_of_scripts_stand_in_the_template(extracted):
    """CKAN hands the browser only those messages that a committed ``.pot`` places in a script."""
    in_scripts = {
        msgid
        for msgid, entry in extracted.items()
        if any(file.endswith(".js") for file, _ in entry.occurrences)
    }
    template = ROOT / "i18n/ckanext-govshare.pot"
    listed = {entry.msgid for entry in polib.pofile(str(template))} if template.exists() else set()
    assert in_scripts <= listed | {entry.msgid for entry in polib.pofile(str(core_catalog("ckan.pot")))}


def test_no_entry_of_ours_is_out_of_use(extracted):
    unused = [
        entry.msgid
        for entry in polib.pofile(str(CHINESE))
        if not entry.comment.startswith(CORE_MARK) and entry.msgid not in extracted
    ]
    assert unused == []


def test_what_core_leaves_open_is_filled():
    ours = translated(CHINESE)
    still_open = [
        entry.msgid
        for entry in polib.pofile(str(core_catalog()))
        if not entry.translated()
        and entry.msgid not in ours
        and not all(file.startswith(NEVER_SHOWN) for file, _line in entry.occurrences)
    ]
    assert still_open == []


def test_translations_are_chinese():
    same_in_both = {"members", "CSV", "ID", "Id", "URI", "JSON", "API", "X", "Facebook", "Markdown"}
    code = re.compile(r"https?://\S+|<[^>]*>|%\(\w+\)s|\{[^{}]*\}")
    english = [
        entry.msgid
        for entry in polib.pofile(str(CHINESE))
        if not re.search(r"[\u4e00-\u9fff\uff00-\uffef]", "".join(translations(entry)))
        and re.search(r"[A-Za-z]{2}", code.sub("", entry.msgid))
        and entry.msgid not in same_in_both
    ]
    assert english == []


def test_compiled_catalog_answers():
    compiled = io.BytesIO()
    with CHINESE.open("rb") as source:
        write_mo(compiled, read_po(source))
    compiled.seek(0)
    chinese = gettext.GNUTranslations(compiled)
    assert chinese.gettext("Organization") == "部门"
    assert chinese.ngettext("{count} member", "{count} members", 5) == "{count} 名成员"
    # It becomes part of the Content-Disposition header, which Werkzeug encodes as Latin-1.
    assert chinese.gettext("members").encode("latin-1")
