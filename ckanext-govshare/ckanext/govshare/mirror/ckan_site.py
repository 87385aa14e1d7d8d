"""A target that is a CKAN site: lists what is ours there, writes and takes away, and looks as a stranger does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import ckanapi
from ckan.plugins import toolkit
from ckanapi.errors import CKANAPIError, NotAuthorized, NotFound, ValidationError

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.mirror import Found, Wanted
from ckanext.govshare.mirror.guarded_http import GuardedSession
from ckanext.govshare.mirror.shape import Shape
from ckanext.govshare.mirror.site import Listing
from ckanext.govshare.mirror.targets import Target, token_of

PAGE = 500
REGISTER_PAGE = 10_000  # names
AGENT = "govshare-mirror"
DELETED, CHANGED = "deleted", "metadata_modified"
REPLACED = ("tags", "extras", "resources")  # lists are replaced as a whole, never merged


class CkanSite:
    """One target for the length of one run; not shared between threads."""

    def __init__(self, target: Target) -> None:
        self.shape = Shape(target.mapping, str(toolkit.config["ckan.site_id"]))
        self._session = GuardedSession(target.url, networks=target.networks, cafile=target.cafile)
        self._officer = ckanapi.RemoteCKAN(target.url, token_of(target), AGENT, session=self._session)
        self._stranger = ckanapi.RemoteCKAN(target.url, None, AGENT, session=self._session)
        self._organizations: set[str] = set()
        self.before_write: Callable[[str | None], None] = lambda _fits: None

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    def wanted(self, copy: Mapping[str, Any]) -> Wanted:
        """Return how a copy must stand here."""
        return self.shape.wanted(copy)

    def list(self) -> Listing:
        """List what carries our mark, as the site's own search tells it."""
        rows: list[Found] = []
        told = 0
        try:
            for page in self._pages():
                told = int(page["count"])
                rows += [self._found(package) for package in page["results"]]
        except (KeyError, TypeError, ValueError) as error:
            raise RuleError("mirror.not_json") from error
        return Listing(tuple(rows), told)

    def is_well(self) -> bool:
        """Tell whether the site itself answers and knows its officer, whatever became of one entry."""
        try:
            return bool(
                self._call("organization_list_for_user", {"permission": "create_dataset"}, expects=list)
            )
        except (RuleError, NotFound, ValidationError):
            return False

    def find(self, entry_id: str, names: Sequence[str]) -> str | None:
        """Look under the names that an entry has had for what carries its mark."""
        looked = (self._package(self.shape.name(name)) for name in names)
        held = (self._found(package) for package in looked if package)
        return next((found.remote_id for found in held if found.origin == entry_id), None)

    def put(
        self,
        wanted: Wanted,
        remote_id: str | None,
        organization: Mapping[str, str],
        removal_fits: str | None = None,
    ) -> Found:
        """Write an entry unless it stands there already, and return what the site then says it holds.

        What is there as wanted is not written again, unless a deletion that may still arrive would fit it: then it is
        changed all the same. A name that a stranger holds is not taken.
        """
        present = self._package(remote_id) if remote_id else None
        anew = present is not None and removal_fits is not None and present.get(CHANGED) == removal_fits
        if present is not None and not anew and self._found(present).content == wanted.content:
            return self._found(present)
        self._ensure_organization(organization)
        try:
            return self._mend(present, wanted, anew=anew) if present is not None else self._create(wanted)
        except NotFound as error:
            raise RuleError("mirror.changed_meanwhile", name=wanted.name) from error
        except ValidationError as error:
            if "match" in error.error_dict:
                raise RuleError("mirror.changed_meanwhile", name=wanted.name) from error
            if "name" in error.error_dict and self._holder(wanted) is not None:
                raise RuleError("mirror.name_taken", name=wanted.name) from error
            raise RuleError("mirror.refused", detail=_short(error.error_dict)) from error

    def remove(self, remote_id: str) -> None:
        """Take a dataset away as it was read, so that a late deletion never hits what was published again.

        One that is gone already is no fault. Where the site's own rules refuse the dataset as it stands, it is
        deleted all the same: what must disappear is not held up by them.
        """
        present = self._package(remote_id)
        if present is None or present.get("state") == DELETED:
            return
        try:
            change = {"match": _as_read(present), "update": {"state": DELETED}}
            self._write("package_revise", change, removal_fits=present.get(CHANGED))
        except NotFound:
            return
        except ValidationError as error:
            if "match" in error.error_dict:
                raise RuleError("mirror.changed_meanwhile", name=str(present.get("name"))) from error
            with suppress(NotFound):
                self._write("package_delete", {"id": remote_id}, expects=object)

    def seen_by_strangers(self, key: str) -> Found | None:
        """Return what anybody gets of a dataset, None when nothing."""
        try:
            return self._found(self._call("package_show", {"id": key}, caller=self._stranger))
        except (NotFound, NotAuthorized):
            return None

    def found_by_strangers(self, entry_id: str) -> Sequence[Found]:
        """Return what anybody's search finds under an entry's mark: an index may show what the database has not."""
        question = {"fq": f'{self.shape.mark}:"{self.shape.source}:{entry_id}"', "rows": PAGE}
        try:
            page = self._call("package_search", question, caller=self._stranger)
            return [self._found(package) for package in page["results"]]
        except NotAuthorized:
            return []
        except (KeyError, TypeError) as error:
            raise RuleError("mirror.not_json") from error

    def registered(self) -> Collection[str]:
        """Return the names of the site's public datasets as its database has them."""
        names: set[str] = set()
        while True:
            page = self._call("package_list", {"limit": REGISTER_PAGE, "offset": len(names)}, expects=list)
            if not all(isinstance(name, str) for name in page):
                raise RuleError("mirror.not_json")
            if names.issuperset(page):
                return names
            names.update(page)

    def stands(self, remote_id: str) -> bool:
        """Tell whether the site's database has a dataset that its search has listed.

        A ghost of the index cannot be cleared from here: deleting or changing it is answered with 404, CKAN indexes
        nothing but what its database has, and a dataset with an id of one's choice may only be made by a sysadmin.
        """
        try:
            present = self._package(remote_id)
        except RuleError as fault:
            if fault.code != "mirror.not_authorized":
                raise
            return True
        return present is not None and present.get("state") != DELETED

    def lists(self, remote_id: str) -> bool:
        """Tell whether the site's search finds a dataset by its mark and its id."""
        page = self._call("package_search", {"fq": f'+{self._ours} +id:"{remote_id}"', "rows": 1})
        try:
            return int(page["count"]) > 0
        except (KeyError, TypeError, ValueError) as error:
            raise RuleError("mirror.not_json") from error

    def list_anew(self, wanted: Wanted, remote_id: str) -> None:
        """Write a dataset once more as it stands, if it is still as it was read: every write is indexed."""
        present = self._package(remote_id)
        if present is None or self._found(present).content != wanted.content:
            return
        with suppress(NotFound, ValidationError):  # written by somebody else meanwhile, and so indexed
            self._revise(present, wanted)

    def _found(self, package: Mapping[str, Any]) -> Found:
        try:
            return self.shape.found(package)
        except (KeyError, TypeError, AttributeError) as error:
            raise RuleError("mirror.not_json") from error

    def _create(self, wanted: Wanted) -> Found:
        """Write what is new there, or mend what a killed relay has created under our mark."""
        try:
            return self._found(self._write("package_create", self.shape.dataset(wanted, None)))
        except ValidationError as error:
            holder = self._holder(wanted) if "name" in error.error_dict else None
            if holder is None or self._found(holder).origin != wanted.id:
                raise
            return self._mend(holder, wanted)

    def _holder(self, wanted: Wanted) -> dict[str, Any] | None:
        """Return the dataset that has an entry's name; what our officer may not see is a stranger's."""
        try:
            return self._package(wanted.name)
        except RuleError as fault:
            if fault.code != "mirror.not_authorized":
                raise
            raise RuleError("mirror.name_taken", name=wanted.name) from fault

    def _mend(self, present: Mapping[str, Any], wanted: Wanted, *, anew: bool = False) -> Found:
        """Write what differs, if the dataset is still as it was read: a late write never covers a newer one."""
        found = self._found(present)
        if found.content == wanted.content and not anew:
            return found
        return self._revise(present, wanted, anew=anew)

    def _revise(self, present: Mapping[str, Any], wanted: Wanted, *, anew: bool = False) -> Found:
        fields = self.shape.dataset(wanted, present, anew=anew)
        change = {"match": _as_read(present), "filter": [f"-{name}" for name in REPLACED], "update": fields}
        return self._found(self._write("package_revise", change)["package"])

    def _write(
        self, action: str, data: Mapping[str, Any], *, expects: type = dict, removal_fits: str | None = None
    ) -> Any:
        self.before_write(removal_fits)
        return self._call(action, data, expects=expects)

    def _package(self, key: str) -> dict[str, Any] | None:
        try:
            package: dict[str, Any] = self._call("package_show", {"id": key})
        except NotFound:
            return None
        return package

    def _ensure_organization(self, organization: Mapping[str, str]) -> None:
        """Make the department's organization where the site does not have it yet."""
        name = self.shape.organization(organization["name"])
        if name in self._organizations:
            return
        if not self._has_organization(name):
            try:
                self._call("organization_create", {"name": name, "title": organization["title"]})
            except (ValidationError, RuleError) as error:
                # Made in the same instant for another entry; CKAN answers that with an error of its own.
                if not self._has_organization(name):
                    raise RuleError("mirror.no_organization", name=name) from error
        self._organizations.add(name)

    def _has_organization(self, name: str) -> bool:
        try:
            self._call("organization_show", {"id": name})
        except NotFound:
            return False
        return True

    @property
    def _ours(self) -> str:
        """What of the site's datasets is ours, as its search is asked for it."""
        return rf"{self.shape.mark}:{self.shape.source}\:*"

    def _pages(self) -> Iterator[dict[str, Any]]:
        """Ask page by page; a site may give fewer at once than it is asked for."""
        start = 0
        while True:
            question = {
                "fq": self._ours,
                "rows": PAGE,
                "start": start,
                "sort": "id asc",
            }
            page = self._call("package_search", question)
            yield page
            start += len(page["results"])
            if not page["results"] or start >= int(page["count"]):
                return

    def _call(self, action: str, data: Mapping[str, Any], *, caller: Any = None, expects: type = dict) -> Any:
        """Call an action; what is no answer of CKAN's interface is a fault of the target."""
        try:
            result = (caller or self._officer).call_action(action, dict(data))
        except (NotFound, ValidationError):
            raise
        except NotAuthorized as error:
            if caller is self._stranger:
                raise
            raise RuleError("mirror.not_authorized") from error
        except CKANAPIError as error:
            raise RuleError("mirror.not_json") from error
        if not isinstance(result, expects):
            raise RuleError("mirror.not_json")
        return result


def _as_read(package: Mapping[str, Any]) -> dict[str, Any]:
    """Return by what a dataset is known that nobody has changed since it was read."""
    return {name: package.get(name) for name in ("id", CHANGED, "state")}


def _short(errors: Mapping[str, Any]) -> str:
    return "; ".join(f"{field}: {texts}" for field, texts in errors.items() if field != "__type")[:300]
