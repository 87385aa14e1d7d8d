"""The plan's form: what it offers, what was typed into it, and the plan that it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from ckanext.govshare import rulebook
from ckanext.govshare.domain.desensitization.masks import METHODS, Generalise
from ckanext.govshare.domain.desensitization.parameters import OneOf
from ckanext.govshare.domain.desensitization.risk import LEAST_K, LEAST_L, MOST_K, MOST_L

SCALAR = ("k", "l", "none_because", "drop_small")

Form = MultiDict[str, str]
Columns = Sequence[Mapping[str, Any]]


def read(form: Form, columns: Columns) -> dict[str, Any]:
    """Return the plan that the form says; columns are told by their place, so that any name will do."""
    return {
        "columns": {
            column["name"]: {
                "method": form.get(f"method-{place}", "keep"),
                "parameters": _parameters(form, place),
                "reason": form.get(f"reason-{place}", ""),
            }
            for place, column in enumerate(columns)
        },
        "quasi_identifiers": _marked(form, "quasi", columns),
        "sensitive": _marked(form, "sensitive", columns),
        **{name: form.get(name, "") for name in SCALAR},
    }


def chosen(form: Form, tables: Sequence[dict[str, Any]], asked: str) -> dict[str, Any]:
    """Return the table that is asked for, the first when none is, with what was typed for it."""
    found = next((table for table in tables if str(table["table"]) == asked), None)
    return typed(form, found or next(iter(tables), {}))


def typed(form: Form, table: dict[str, Any]) -> dict[str, Any]:
    """Return a table with what was typed in the place of what is suggested, so that nothing is lost."""
    if "method-0" not in form or not table:
        return table
    plan = read(form, table["column_list"])
    columns = [
        {
            **column,
            "step": plan["columns"][column["name"]],
            "quasi_identifier": column["name"] in plan["quasi_identifiers"],
            "sensitive": column["name"] in plan["sensitive"],
        }
        for column in table["column_list"]
    ]
    return {**table, "column_list": columns, "suggested": {**table["suggested"], **plan}}


def choices(language: str) -> dict[str, Any]:
    """Return what the form offers: each method with its parameters, in words and with their bounds."""
    return {
        "methods": {
            code: {"label": _word("methods", code, language), "parameters": _offered(code, language)}
            for code in METHODS
        },
        "bounds": {"k": (LEAST_K, MOST_K), "l": (LEAST_L, MOST_L)},
        "levels": {
            type_: [{"value": level, "label": _word("levels", level, language)} for level in levels]
            for type_, levels in Generalise.levels.items()
        },
    }


def order(columns: Columns) -> list[tuple[int, Mapping[str, Any]]]:
    """Return the columns with their places: what blocks first, then what was found at all, then the rest."""

    def rank(pair: tuple[int, Mapping[str, Any]]) -> tuple[int, int]:
        place, column = pair
        found = column["findings"]
        return (0 if any(finding["blocking"] for finding in found) else 1 if found else 2, place)

    return sorted(enumerate(columns), key=rank)


def _offered(code: str, language: str) -> list[dict[str, Any]]:
    return [
        {
            "name": parameter.name,
            "label": _word("method_parameters", parameter.name, language),
            "choice": isinstance(parameter, OneOf),
            "default": parameter.default,
            "least": getattr(parameter, "least", None),
            "most": getattr(parameter, "most", None),
        }
        for parameter in METHODS[code].parameters
    ]


def _parameters(form: Form, place: int) -> dict[str, str]:
    method = METHODS.get(form.get(f"method-{place}", ""))
    names = [parameter.name for parameter in method.parameters] if method else []
    given = {name: form.get(f"{method.code}-{name}-{place}", "") for name in names} if method else {}
    return {name: value for name, value in given.items() if value}


def _marked(form: Form, name: str, columns: Columns) -> list[str]:
    return [column["name"] for place, column in enumerate(columns) if form.get(f"{name}-{place}")]


def _word(vocabulary: str, code: str, language: str) -> str:
    words = rulebook.words(vocabulary)[code]
    return words.get(language, words["zh"])
