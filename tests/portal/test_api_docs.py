"""The interface as it is told: every address answers in the shape that page and OpenAPI say, and none is forgotten."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest
from ckanext.govshare import jobs
from ckanext.govshare.domain.mirror_relay import ATTEMPTS, STATES
from ckanext.govshare.logic.auth.persons import everyone
from ckanext.govshare.logic.auth.table import TABLE
from ckanext.govshare.logic.interface import letters
from ckanext.govshare.logic.interface.endpoints import ACTION, ENDPOINTS
from ckanext.govshare.logic.mirror import changes
from ckanext.govshare.views import api_docs

from tests.portal.officers import Department

pytestmark = pytest.mark.usefixtures("with_plugins")

RECEIVER = Path(__file__).resolve().parents[2] / "config/mirror/receiver.py"
TYPES = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "object": dict,
    "array": list,
    "null": type(None),
}
# What is asked of addresses that cannot be asked for nothing; "{name}" is a public entry.
QUESTIONS = {
    ACTION + "package_show": "id={name}",
    ACTION + "govshare_version_list": "id={name}",
    ACTION + "govshare_edition_list": "id={name}",
    ACTION + "govshare_office_show": "id={department}",
    ACTION + "govshare_deadline_show": "duty=open_reply&received=2026-02-14",
}


def _is(value, shape: dict) -> bool:
    """Whether a value by itself is of the type, and one of the values, that a schema names."""
    kinds = shape.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return (
        (not kinds or any(isinstance(value, TYPES[kind]) for kind in kinds))
        and value in shape.get("enum", [value])
        and value == shape.get("const", value)
        and (not isinstance(value, str) or re.search(shape.get("pattern", ""), value) is not None)
    )


def objections(value, shape: dict, shapes: dict, where: str = "") -> list[str]:
    """What of a value is not as its schema says."""
    if "$ref" in shape:
        return objections(value, shapes[shape["$ref"].rpartition("/")[2]], shapes, where)
    if "oneOf" in shape:
        tried = [objections(value, one, shapes, where) for one in shape["oneOf"]]
        return [] if [] in tried else tried[0]
    found = [f"{where}: {value!r} is not {shape}"] if not _is(value, shape) else []
    if isinstance(value, dict):
        found += [f"{where}/{name} is missing" for name in shape.get("required", ()) if name not in value]
        for name, inner in shape.get("properties", {}).items():
            found += objections(value[name], inner, shapes, f"{where}/{name}") if name in value else []
    if isinstance(value, list):
        for number, item in enumerate(value):
            found += objections(item, shape.get("items", {}), shapes, f"{where}/{number}")
    return found


def references(shape) -> set[str]:
    """Every reference within a document."""
    if isinstance(shape, dict):
        own = {shape["$ref"]} if "$ref" in shape else set()
        return own.union(*(references(inner) for inner in shape.values()))
    return set().union(*(references(inner) for inner in shape)) if isinstance(shape, list) else set()


@pytest.fixture
def told(app) -> dict:
    return app.get("/api/openapi.json").json


@pytest.fixture
def entry(with_request_context) -> dict:
    """A public entry, and its department."""
    office = Department()
    made = office.published()
    jobs.drain()
    return {"name": made["name"], "department": office.name}


def test_no_action_for_everybody_is_left_out():
    """What the table of rights opens to everybody stands in the table of addresses."""
    named = {endpoint.action for endpoint in ENDPOINTS}
    assert {action for action, who in TABLE.items() if who is everyone} - named == set()


def test_the_document_is_whole(told):
    """References lead somewhere, what stands in braces is a parameter, names of operations are one operation's."""
    known = {f"#/components/schemas/{name}" for name in told["components"]["schemas"]}
    assert references(told) - known == set()
    operations = [row["get"] for row in told["paths"].values()]
    assert len({row["operationId"] for row in operations}) == len(operations)
    assert {tag for row in operations for tag in row["tags"]} == {tag["name"] for tag in told["tags"]}
    for path, row in told["paths"].items():
        asked = {p["name"] for p in row["get"]["parameters"] if p["in"] == "path" and p["required"]}
        assert asked == set(re.findall(r"{(\w+)}", path)), path


@pytest.mark.parametrize(
    "path",
    [row.path for row in ENDPOINTS if "{" not in row.path and not row.path.endswith("datastore_search")],
)
def test_each_address_answers_as_it_is_told(app, told, entry, path):
    """Status, media type and shape, asked by nobody in particular."""
    answer = app.get(f"{path}?{QUESTIONS.get(path, '').format(**entry)}")
    operation = told["paths"][path]["get"]
    said = operation["responses"][str(answer.status_code)]
    if answer.status_code != 200:  # /readyz of a portal under test
        assert path == "/readyz"
        return
    [(media, content)] = said["content"].items()
    assert answer.mimetype == media
    rows = [json.loads(line) for line in answer.text.splitlines()] if "ndjson" in media else [answer.json]
    shapes = told["components"]["schemas"]
    assert [text for row in rows for text in objections(row, content["schema"], shapes)] == []
    assert ("ETag" in answer.headers) == ("304" in operation["responses"])


def test_each_refusal_is_one_that_was_told(app, told):
    """Of a name that nobody has: with its code, as the document says."""
    for path in told["paths"]:
        filled = path.format(ending="nothing", name="nothing", number=1, file="nothing.csv")
        answer = app.get(f"{filled}?id=nothing&resource_id=nothing&year=1&after=999999999")
        assert str(answer.status_code) in told["paths"][path]["get"]["responses"], (path, answer.text[:200])


def test_the_document_speaks_the_readers_language(app, told):
    """Chinese where nothing else is asked for; English beside it, of the same shape."""
    english = app.get("/en/api/openapi.json").json
    assert told["paths"].keys() == english["paths"].keys()
    feed, in_english = (document["paths"]["/feed/changes"]["get"] for document in (told, english))
    assert re.search(r"[一-鿿]", feed["summary"])
    assert not re.search(r"[一-鿿]", in_english["summary"])


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_page_names_everything(app, told, prefix):
    """Every address and field, states, waits, the example's signatures, the whole receiver."""
    text = app.get(f"{prefix}/api/docs").text
    for path in told["paths"]:
        assert f"GET {path}" in text
    for name in (
        "FeedPage",
        "Change",
        "Copy",
        "File",
        "MirrorStatus",
        "MirrorTarget",
        "EmbeddedList",
        "EmbeddedEntry",
    ):
        for field in told["components"]["schemas"][name]["properties"]:
            assert f">{field}<" in text, (name, field)
        assert not [row for row in api_docs._fields(name) if not row["meaning"]]
    for state in STATES:
        assert f"<dt>{state}</dt>" in text
    for example in letters.examples():
        assert example.headers["X-Govshare-Signature"] in text
        assert example.receipt_signature in text
    assert f"after={changes.latest_number()}" in text
    assert str(ATTEMPTS) in text
    assert "ThreadingHTTPServer" in text
    assert app.get("/api/docs/receiver.py").data == RECEIVER.read_bytes()


@pytest.mark.parametrize("example", letters.examples(), ids=lambda example: example.digest)
def test_the_worked_example_is_believed(monkeypatch, example):
    """The shipped receiver takes the letter, holds what it brings and signs the receipt to the byte."""
    spec = importlib.util.spec_from_file_location("receiver", RECEIVER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module.time, "time", lambda: letters.MOMENT / 1000)
    receiver = module.Receiver(letters.SECRET, digest=example.digest)
    try:
        number, body = letters.NUMBER_ONCE, example.body.encode()
        signature = example.headers["X-Govshare-Signature"]
        assert receiver.objection(letters.MOMENT, number, body, signature) == ""
        assert receiver.objection(letters.MOMENT, number, body, signature) != ""
        receipt = json.dumps(receiver.take(json.loads(body), letters.MOMENT))
        assert receipt == example.receipt
        signed = receiver.sign(f"answer\n{letters.MOMENT}\n{number}\n{receipt}".encode())
        assert signed == example.receipt_signature
    finally:
        receiver.server_close()
