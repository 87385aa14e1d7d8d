"""Whether a table may leave as it is: scanned, clean of blocking findings, and no group too small (脱敏结果校验)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.desensitization.finding import Finding
from ckanext.govshare.domain.desensitization.plan import RULE, Plan, excused
from ckanext.govshare.domain.desensitization.risk import Risk
from ckanext.govshare.domain.edition_table import of_table


@dataclass(frozen=True)
class Output:
    """The table that would become public: what a scan of it found, and the plan and risk it came by.

    ``findings`` is None while it has not been scanned; ``follows_plan`` tells that it was made by this very plan;
    ``table`` is its name where an edition has several.
    """

    findings: tuple[Finding, ...] | None = None
    plan: Plan | None = None
    follows_plan: bool = True
    risk: Risk | None = None
    table: str = ""


def output_objections(output: Output) -> Iterator[Reason]:
    """Yield everything that the table itself has against leaving the house."""
    yield from of_table(_objections(output), output.table)


def _objections(output: Output) -> Iterator[Reason]:
    if output.findings is None:
        yield Reason("release.not_scanned", field="scan", rule=RULE)
    if output.plan and not output.follows_plan:
        yield Reason("release.not_masked", field="plan", rule=RULE)
    yield from finding_objections(output.findings or (), output.plan)
    if output.plan and output.risk:
        yield from output.risk.objections(output.plan.thresholds)


def finding_objections(findings: Iterable[Finding], plan: Plan | None) -> Iterator[Reason]:
    """Yield each finding that may not become public; a plan may say why one stays."""
    for finding in findings:
        if finding.blocking and not (plan and excused(plan, finding)):
            told = {"column": finding.column, "finding": finding.code, "count": finding.count}
            yield Reason("release.blocking_finding", told, f"plan.{finding.column}", RULE)
