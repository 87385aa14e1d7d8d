"""Edition (数据版本): upload, see what was read and the moves open to me, take one move, list."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare.domain.edition_duty import DUTIES
from ckanext.govshare.domain.release import is_public
from ckanext.govshare.logic import roles
from ckanext.govshare.logic.edition import cards as edition_cards
from ckanext.govshare.logic.edition import cases as editions
from ckanext.govshare.logic.edition import inbox, lateness, moves, receiving
from ckanext.govshare.logic.publication import cases
from ckanext.govshare.model import Publication

__all__ = [
    "govshare_edition_create",
    "govshare_edition_late_list",
    "govshare_edition_list",
    "govshare_edition_move",
    "govshare_edition_reread",
    "govshare_edition_show",
    "govshare_edition_waiting_list",
]

Context = dict[str, Any]
DataDict = dict[str, Any]
PAGE, MOST = 50, 200


def govshare_edition_create(context: Context, data_dict: DataDict) -> DataDict:
    """Upload a file as the entry's next edition; each sheet of a workbook and each file of a zip is a table of it.

    A file that cannot be read is kept and ``problem`` says why.

    :param entry: id or name of the entry
    :param upload: the file (CSV, TSV, XLS, XLSX, ODS, JSON, JSON Lines, GeoJSON, XML, Parquet, or a zip of
        these), as multipart form data
    :param sheet: which sheets of a workbook to read, a name or a list of names; all with data when left out. Of a
        file of records or a web page, which list or table; needed when several hold data
    :param encoding: ``utf-8``, ``gb18030``, ``big5`` or ``utf-16``; found out when left out
    :param header_row: the row of the column names, from 1, in every table; found out when left out
    :param member: which tables of a zip to read, a name or a list of names; all when left out
    :param hidden: ``keep`` to read hidden rows and columns as well; they are left out otherwise
    :returns: the edition as ``govshare_edition_show`` does
    """
    cases.visible_entry(context, {"id": toolkit.get_or_bust(data_dict, "entry")})
    toolkit.check_access("govshare_edition_create", context, data_dict)
    return edition_cards.show(context, receiving.create(context, data_dict), preview=False)


@toolkit.side_effect_free
def govshare_edition_show(context: Context, data_dict: DataDict) -> DataDict:
    """Show an edition to officers: what was read, found, planned and masked, the moves open to me, why not the others.

    ``tables`` has for each table its number ``table``, ``name`` (empty where it is the only one), ``rows``,
    ``columns``; ``scan`` is ``{version, findings}`` of what was read, ``column_list`` what was found and is planned
    or suggested by column, ``masked`` is ``{scan, risk}`` of what came of the plan, ``difference`` compares it with
    the edition that is public, as ``drift`` does for all. Samples are masked for everybody.

    :param id: id of the edition
    :param preview: true to get of each table the first 50 rows as ``preview``, samples before and after, the
        smallest groups
    """
    toolkit.check_access("govshare_edition_show", context, data_dict)
    case = editions.load(context, toolkit.get_or_bust(data_dict, "id"))
    return edition_cards.show(context, case, preview=toolkit.asbool(data_dict.get("preview", False)))


@toolkit.side_effect_free
def govshare_edition_list(context: Context, data_dict: DataDict) -> list[DataDict]:
    """List an entry's editions, newest first: to the public what was released, to its officers all.

    :param id: id or name of the entry
    """
    toolkit.check_access("govshare_edition_list", context, data_dict)
    entry = cases.visible_entry(context, data_dict)
    rows = editions.of_entry(entry.id)
    user = context.get("auth_user_obj")
    if user and not user.is_anonymous and roles.roles_of(user.id, entry.owner_org):
        return [edition_cards.brief(row, entry) for row in rows]
    publication = model.Session.get(Publication, entry.id)
    if publication is None or not is_public(publication.state, publication.openness):
        return []
    return [edition_cards.public(row, entry) for row in rows if row.released_at]


@toolkit.side_effect_free
def govshare_edition_waiting_list(context: Context, data_dict: DataDict) -> DataDict:
    """List the editions that wait for me on their way to the public, the longest waiting first.

    :param duty: ``mask``, ``check``, ``review`` or ``release``; all when left out
    :param everybody: true for those that wait for others too, in my departments; for the bureau in all
    :param organization: id or name of a department; all when left out
    :param q: words of the entry's title
    :param offset: how many to skip
    :param limit: at most how many, 0 to 200
    :returns: ``{count, results, counts: {duty: number}}``
    """
    toolkit.check_access("govshare_edition_waiting_list", context, data_dict)
    data = _valid(data_dict)
    return inbox.page(
        roles.user_id_of(context),
        duty=data.get("duty", ""),
        everybody=data.get("everybody", False),
        organization=data.get("organization", ""),
        words=data.get("q", ""),
        offset=data.get("offset", 0),
        limit=min(data.get("limit", PAGE), MOST),
    )


@toolkit.side_effect_free
def govshare_edition_late_list(context: Context, data_dict: DataDict) -> list[DataDict]:
    """List the published entries whose data are late, to officers: their departments', to the bureau all.

    An entry is late from the day after its last edition's date plus the days of its update cycle, in Shanghai.

    :returns: ``{name, title, organization_id, update_cycle, data_updated, due, days_late}``, the longest late first
    """
    toolkit.check_access("govshare_edition_late_list", context, data_dict)
    person = roles.user_id_of(context)
    organizations = None if roles.is_bureau(person) else roles.memberships(person)
    return [lateness.told(promise) for promise in lateness.late(organizations=organizations)]


def govshare_edition_reread(context: Context, data_dict: DataDict) -> DataDict:
    """Read an edition's file again with corrections; what was declared or checked before falls.

    :param id: id of the edition
    :param version: the version that the caller has seen
    :param sheet: see ``govshare_edition_create``
    :param encoding: likewise
    :param header_row: likewise
    :param member: likewise
    :param hidden: likewise
    """
    case = editions.load(context, toolkit.get_or_bust(data_dict, "id"), lock=True)
    toolkit.check_access("govshare_edition_reread", context, {"entry": case.row.entry_id})
    return edition_cards.show(context, receiving.reread(context, case, data_dict), preview=False)


def govshare_edition_move(context: Context, data_dict: DataDict) -> DataDict:
    """Take one move of an edition.

    :param id: id of the edition
    :param move: scan (anew), declare (no desensitization required, with ``note``), plan, mask, undo, submit,
        recall, confirm, reject, review, release, discard or withdraw
    :param version: the version that the caller has seen; another one is refused as stale
    :param note: why; needed to declare, to reject and to withdraw
    :param table: for plan: the number of the table that it is for; the first when left out
    :param plan: for plan: ``{columns: {name: {method, parameters, reason}}, quasi_identifiers, sensitive, k, l,
        drop_small, none_because}``
    :param review: for review: ``{basis, answers: {question: true or false}, conclusion}`` (保密审查)
    """
    case = editions.load(context, toolkit.get_or_bust(data_dict, "id"), lock=True)
    toolkit.check_access("govshare_edition_move", context, data_dict)
    moves.move(context, case, data_dict)
    return edition_cards.show(context, editions.load(context, case.row.id), preview=False)


def _valid(data_dict: DataDict) -> DataDict:
    get = toolkit.get_validator
    empty, text = get("ignore_empty"), get("unicode_safe")
    number = [get("ignore_missing"), get("natural_number_validator")]  # 0 is no empty value here
    schema = {
        "duty": [empty, get("one_of")([duty.name for duty in DUTIES])],
        "everybody": [empty, get("boolean_validator")],
        "organization": [empty, text],
        "q": [empty, text],
        "offset": number,
        "limit": number,
    }
    known = {name: value for name, value in data_dict.items() if name in schema}
    data, errors = toolkit.navl_validate(known, schema, {})
    if errors:
        raise toolkit.ValidationError(errors)
    return data
