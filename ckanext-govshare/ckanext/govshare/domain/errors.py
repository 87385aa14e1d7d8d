"""Bad input as a value that can be raised: a stable code and its facts, no sentence."""

from __future__ import annotations


class RuleError(Exception):
    """Input that no rule can accept; ``facts`` fill the sentence that the edge makes of ``code``."""

    def __init__(self, code: str, field: str | None = None, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.field = field
        self.facts = facts
