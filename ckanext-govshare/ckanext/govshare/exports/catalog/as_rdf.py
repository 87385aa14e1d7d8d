"""The catalog as DCAT in Turtle and JSON-LD, by the profiles of ckanext-dcat (DCAT-AP 3).

A card is given as the package dict that the profiles read, with the European code lists where ours
has a twin.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ckanext.dcat.processors import RDFSerializer

PROFILES = ["euro_dcat_ap_3"]
SYNTAX: Mapping[str, str] = {"ttl": "ttl", "jsonld": "jsonld"}

_AUTHORITY = "http://publications.europa.eu/resource/authority"
ACCESS: Mapping[str, str] = {
    "unconditional": f"{_AUTHORITY}/access-right/PUBLIC",
    "conditional": f"{_AUTHORITY}/access-right/RESTRICTED",
}
FREQUENCY: Mapping[str, str] = {
    "realtime": f"{_AUTHORITY}/frequency/UPDATE_CONT",
    "daily": f"{_AUTHORITY}/frequency/DAILY",
    "weekly": f"{_AUTHORITY}/frequency/WEEKLY",
    "monthly": f"{_AUTHORITY}/frequency/MONTHLY",
    "quarterly": f"{_AUTHORITY}/frequency/QUARTERLY",
    "half_yearly": f"{_AUTHORITY}/frequency/ANNUAL_2",
    "yearly": f"{_AUTHORITY}/frequency/ANNUAL",
    "irregular": f"{_AUTHORITY}/frequency/IRREG",
    "never": f"{_AUTHORITY}/frequency/NEVER",
}
LANGUAGE = f"{_AUTHORITY}/language/ZHO"


def write_rdf(
    packages: Iterable[Mapping[str, Any]], catalog: Mapping[str, str], syntax: str, target: Path
) -> None:
    """Write the catalog: ``packages`` as :func:`dataset_of` makes them, ``catalog`` title, homepage."""
    serializer = RDFSerializer(profiles=PROFILES)
    text = serializer.serialize_catalog(dict(catalog), list(packages), _format=SYNTAX[syntax])
    target.write_text(text, encoding="utf-8")


def dataset_of(package: Mapping[str, Any], theme: str) -> dict[str, Any]:
    """Return what the profiles read of one entry; ``theme`` is the word of its theme."""
    mapped = {
        "identifier": package.get("resource_code"),
        "access_rights": ACCESS.get(str(package.get("openness"))),
        "frequency": FREQUENCY.get(str(package.get("update_cycle"))),
        "issued": package.get("first_published"),
        "modified": package.get("data_updated") or package.get("metadata_modified"),
        "language": LANGUAGE,
        "publisher_name": package.get("publisher"),
        "publisher_type": f"{_AUTHORITY}/corporate-body-classification/LA",
        "contact_name": package.get("contact_name") or package.get("publisher"),
        "contact_email": package.get("contact_email"),
        "provenance": package.get("source_department"),
    }
    names = ("id", "name", "title", "notes", "license_id", "license_title", "license_url", "url", "resources")
    words = [word for word in str(package.get("tag_string") or "").split(",") if word]
    return {
        **{name: package.get(name) for name in names},
        **{name: value for name, value in mapped.items() if value},
        "type": "dataset",
        "tags": [{"name": word} for word in dict.fromkeys([*words, theme]) if word],
        "extras": [],
    }
