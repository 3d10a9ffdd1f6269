"""Everything that somebody can ask for, with the verb that opens it: as services are called, and as it is typed.

A further entry point gives each operation its own words (a request, say) and an ``Entry`` that carries them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from syncd.ports.orders import OrderQuery
from syncd.ports.protocols import ProtocolQuery
from syncd.register.catalogues import ARTICLES, DISCOUNT_LETTERS
from syncd.register.custom_fields import CUSTOM_FIELDS
from syncd.register.files import FileRules
from syncd.register.orders import OrderKind
from syncd.services import conflicts, connections, files, personal, runs, undo
from syncd.services.exports.conflicts import Asked, conflict_sheet
from syncd.services.linking import unlink
from syncd.services.mail import queue
from syncd.services.register import (
    assignment,
    catalogues,
    contacts,
    customer_users,
    customers,
    facilities,
    group_settings,
    items,
    masking,
    orders,
    protocols,
    reading,
    sending,
    teams,
    users,
)
from syncd.services.uploads import exporting
from tests.access.rules import ANY_CUSTOMER_USER_VERB

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncd.register.access import Actor
    from syncd.store.shelf import FileShelf
    from syncd.store.uow import Store, UnitOfWork

TODAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, tzinfo=UTC)
GOOD = "korrekt häst"
PDF = b"%PDF-1.7 a plan"
RULES = FileRules(1, ("pdf",))


@dataclass(frozen=True)
class Target:
    """A customer, with what stands for it where another name is typed. One that does not exist has all of them."""

    number: str
    order: str
    login: str
    file: str

    @property
    def words(self) -> dict[str, str]:
        """What command lines and messages call it."""
        return {"file": self.file, "login": self.login, "order": self.order, "number": self.number}


MINE, OTHER = Target("7", "1", "kim7", "avtal7.pdf"), Target("8", "2", "kim8", "avtal8.pdf")
NOBODY = Target("9", "9", "kim9", "avtal9.pdf")


@dataclass(frozen=True)
class Stage:
    """Where a service is called: a transaction that will not last, and who calls."""

    work: UnitOfWork
    store: Store
    shelf: FileShelf
    actor: Actor
    group_id: int

    @property
    def given(self) -> tuple[UnitOfWork, Actor, int]:
        """What services of the register are given first."""
        return self.work, self.actor, self.group_id


@dataclass(frozen=True)
class Operation:
    """One thing to ask for. ``verbs``: any of them opens it. ``of_customer``: it is about one customer."""

    typed: str
    verbs: tuple[str, ...]
    call: Callable[[Stage, Target], object]

    @property
    def of_customer(self) -> bool:
        """Whether it names a customer, or something of one."""
        return any(f"{{{name}}}" in self.typed for name in MINE.words)


def _o(typed: str, verb: str | tuple[str, ...], call: Callable[[Stage, Target], object]) -> Operation:
    return Operation(typed, (verb,) if isinstance(verb, str) else verb, call)


def _conflicts(stage: Stage) -> list[object]:
    with conflict_sheet(stage.store, stage.actor, stage.group_id, Asked(), made=NOW) as sheet:
        return [*sheet.documents]


def _content(stage: Stage, target: Target) -> object:
    found, content = files.open_file(stage.work, stage.shelf, stage.actor, stage.group_id, (target.number, target.file))
    return found, b"".join(content)


def _attached(stage: Stage, target: Target) -> object:
    where = stage.store, stage.shelf, stage.actor, stage.group_id
    return files.attach(*where, target.number, ("plan.pdf", [PDF]), rules=RULES)


_PERSON = users.Person("ny", "Ny Person")
_PLACE = {"name": "Ny plats"}
_ARTICLE = {"kind": "service", "article": "RESA"}
_ALL = reading.Query()

OPERATIONS = (
    # customers
    _o(
        "customer list",
        "VIEW",
        lambda s, _: (reading.list_customers(*s.given, _ALL), reading.count_customers(*s.given, _ALL)),
    ),
    _o("customer list --search tan", "VIEW", lambda s, _: reading.list_customers(*s.given, reading.Query("tan"))),
    _o("customer show {number}", "VIEW", lambda s, t: reading.show_customer(*s.given, t.number)),
    _o(
        "customer show {number} --show-personal",
        "UNMASK",
        lambda s, t: masking.reveal(s.work, s.actor, [reading.show_customer(*s.given, t.number).customer.id]),
    ),
    _o("customer history {number}", "HISTORY", lambda s, t: reading.customer_history(*s.given, t.number)),
    _o("customer add auto Ny", "CREATE", lambda s, _: customers.add_customer(*s.given, None, {"name": "Ny"})),
    _o(
        "customer set {number} phone=08-1234567",
        "EDIT",
        lambda s, t: customers.change_customer(*s.given, t.number, {"phone": "08-1234567"}),
    ),
    _o(
        "customer renumber {number} 70",
        "RENUMBER",
        lambda s, t: customers.renumber_customer(*s.given, (t.number, "70")),
    ),
    _o(
        "customer set {number} number=70",
        "RENUMBER",
        lambda s, t: customers.change_customer(*s.given, t.number, {"number": "70"}),
    ),
    _o(
        "customer deactivate {number}",
        "DEACTIVATE",
        lambda s, t: customers.set_active(*s.given, t.number, active=False),
    ),
    _o(
        "customer reactivate {number}", "DEACTIVATE", lambda s, t: customers.set_active(*s.given, t.number, active=True)
    ),
    _o("customer delete {number}", "DELETE", lambda s, t: customers.delete_customer(*s.given, t.number)),
    _o("customer assign {number} anna", "ASSIGN", lambda s, t: assignment.assign_users(*s.given, [t.number], ["anna"])),
    _o(
        "customer unassign {number} anna",
        "ASSIGN",
        lambda s, t: assignment.unassign_users(*s.given, [t.number], ["anna"]),
    ),
    _o(
        "customer unlink {number}",
        "LINK",
        lambda s, t: unlink(s.store, s.actor, connections.find(s.store, s.group_id, None), t.number),
    ),
    _o(
        "customer export {number}",
        "DISCLOSE",
        lambda s, t: personal.export(s.store, s.actor, s.group_id, t.number, now=NOW),
    ),
    _o(
        "customer erase {number} --yes",
        "ERASE",
        lambda s, t: personal.erase(s.store, s.actor, s.group_id, t.number),
    ),
    # what stands around them
    _o("contact list {number}", "VIEW", lambda s, t: contacts.list_contacts(*s.given, t.number)),
    _o("contact add {number} name=Ny", "EDIT", lambda s, t: contacts.add_contact(*s.given, t.number, {"name": "Ny"})),
    _o(
        "contact set {number} 1 role=Ny",
        "EDIT",
        lambda s, t: contacts.change_contact(*s.given, (t.number, "1"), {"role": "Ny"}),
    ),
    _o("contact remove {number} 1", "EDIT", lambda s, t: contacts.remove_contact(*s.given, (t.number, "1"))),
    _o("facility list {number}", "VIEW", lambda s, t: facilities.list_facilities(*s.given, t.number)),
    _o("facility add {number} 'Ny plats'", "EDIT", lambda s, t: facilities.add_facility(*s.given, t.number, _PLACE)),
    _o(
        "facility set {number} 1 city=Ny",
        "EDIT",
        lambda s, t: facilities.change_facility(*s.given, (t.number, "1"), {"city": "Ny"}),
    ),
    _o("facility remove {number} 1", "EDIT", lambda s, t: facilities.remove_facility(*s.given, (t.number, "1"))),
    _o("item list {number}", "VIEW", lambda s, t: items.list_items(*s.given, t.number)),
    _o("item add {number} service RESA", "EDIT", lambda s, t: items.add_item(*s.given, t.number, _ARTICLE)),
    _o(
        "item set {number} 1 quantity=2",
        "EDIT",
        lambda s, t: items.change_item(*s.given, (t.number, "1"), {"quantity": "2"}),
    ),
    _o("item remove {number} 1", "EDIT", lambda s, t: items.remove_item(*s.given, (t.number, "1"))),
    # files
    _o("file list {number}", "FILES", lambda s, t: files.list_files(*s.given, t.number)),
    _o("file get {number} {file} out.pdf --overwrite", "FILES", _content),
    _o("file add {number} plan.pdf", "ATTACH_FILE", _attached),
    _o(
        "file delete {number} {file}",
        "DELETE_FILE",
        lambda s, t: files.delete_file(s.store, s.shelf, s.actor, s.group_id, (t.number, t.file)),
    ),
    # orders
    _o(
        "order list --all",
        "VIEW",
        lambda s, _: (orders.list_orders(*s.given, OrderQuery()), orders.count_orders(*s.given, OrderQuery())),
    ),
    _o(
        "order list --customer {number}",
        "VIEW",
        lambda s, t: orders.list_orders(*s.given, OrderQuery(reading.show_customer(*s.given, t.number).customer.id)),
    ),
    _o("order show {order}", "VIEW", lambda s, t: orders.show_order(*s.given, t.order)),
    _o(
        "order add {number} --kind error_report Ny",
        "ADD_ORDER",
        lambda s, t: orders.add_order(*s.given, t.number, OrderKind.ERROR_REPORT, {"title": "Ny"}, today=TODAY),
    ),
    _o(
        "order set {order} status=done", "EDIT", lambda s, t: orders.change_order(*s.given, t.order, {"status": "done"})
    ),
    # service protocols
    _o(
        "protocol list --all",
        "VIEW",
        lambda s, _: (
            protocols.list_protocols(*s.given, ProtocolQuery()),
            protocols.count_protocols(*s.given, ProtocolQuery()),
        ),
    ),
    _o(
        "protocol list --order {order}",
        "VIEW",
        lambda s, t: protocols.list_protocols(
            *s.given, ProtocolQuery(order_id=orders.found_order(*s.given, t.order).id)
        ),
    ),
    _o(
        "protocol add {order} text=Ny",
        "ADD_ORDER",
        lambda s, t: protocols.add_protocol(*s.given, t.order, {"text": "Ny"}, today=TODAY),
    ),
    _o("order send {order}", "SEND", lambda s, t: sending.send_protocol(*s.given, t.order)),
    # registers from and into files
    _o("register template customers t.csv", "UPLOAD", lambda s, _: exporting.template(*s.given, "customers", made=NOW)),
    _o(
        "register export customers e.csv",
        "EXPORT",
        lambda s, _: [*exporting.register_sheet(*s.given, "customers", personal=False, made=NOW).documents],
    ),
    _o(
        "register export contacts e.csv",
        "EXPORT",
        lambda s, _: [*exporting.register_sheet(*s.given, "contacts", personal=False, made=NOW).documents],
    ),
    # what customers are described with
    _o("discount list", "CHOOSE", lambda s, _: catalogues.list_entries(*s.given, DISCOUNT_LETTERS)),
    _o("discount show A10", "CHOOSE", lambda s, _: catalogues.show_entry(*s.given, DISCOUNT_LETTERS, "A10")),
    _o("discount add B5", "CATALOGUES", lambda s, _: catalogues.add_entry(*s.given, DISCOUNT_LETTERS, {"code": "B5"})),
    _o(
        "article set RESA text=Ny",
        "CATALOGUES",
        lambda s, _: catalogues.change_entry(*s.given, ARTICLES, "RESA", {"text": "Ny"}),
    ),
    _o(
        "article retire RESA",
        "CATALOGUES",
        lambda s, _: catalogues.retire_entry(*s.given, ARTICLES, "RESA", retired=True),
    ),
    _o("discount delete A10", "CATALOGUES", lambda s, _: catalogues.delete_entry(*s.given, DISCOUNT_LETTERS, "A10")),
    _o("field list", "CHOOSE", lambda s, _: catalogues.list_entries(*s.given, CUSTOM_FIELDS)),
    _o(
        "field set risk label=Ny",
        "SETTINGS",
        lambda s, _: catalogues.change_entry(*s.given, CUSTOM_FIELDS, "risk", {"label": "Ny"}),
    ),
    _o("settings list", "CHOOSE", lambda s, _: group_settings.list_settings(*s.given)),
    _o("settings get language", "CHOOSE", lambda s, _: group_settings.get_setting(*s.given, "language")),
    _o(
        "settings set show_cost_center=yes",
        "SETTINGS",
        lambda s, _: group_settings.set_settings(*s.given, {"show_cost_center": "yes"}),
    ),
    # people
    _o("user list", ("USERS", "ASSIGN", *ANY_CUSTOMER_USER_VERB), lambda s, _: users.list_users(*s.given)),
    _o("user add ny --name 'Ny Person'", "USERS", lambda s, _: users.add_user(*s.given, _PERSON, None)),
    _o(
        "user add ny --name 'Ny Person' --customer {number}",
        "CREATE_CUSTOMER_USER",
        lambda s, t: customer_users.add_customer_user(*s.given, t.number, _PERSON, None),
    ),
    _o("user show {login}", ANY_CUSTOMER_USER_VERB, lambda s, t: users.show_user(*s.given, t.login)),
    _o(
        "user set {login} name=Ny",
        "CHANGE_CUSTOMER_USER",
        lambda s, t: users.change_user(*s.given, t.login, {"name": "Ny"}),
    ),
    _o("user grant {login} view", "CHANGE_CUSTOMER_USER", lambda s, t: users.grant(*s.given, t.login, ["view"])),
    _o("user revoke {login} view", "CHANGE_CUSTOMER_USER", lambda s, t: users.revoke(*s.given, t.login, ["view"])),
    _o("user password {login}", "CHANGE_CUSTOMER_USER", lambda s, t: users.set_password(*s.given, t.login, GOOD)),
    _o(
        "user delete {login}",
        "DELETE_CUSTOMER_USER",
        lambda s, t: customer_users.delete_customer_user(*s.given, t.login),
    ),
    _o("team list", ("USERS", "ASSIGN"), lambda s, _: teams.people_in_teams(*s.given)),
    _o("team add Syd", "USERS", lambda s, _: teams.add_team(*s.given, "Syd")),
    _o("team join Norr anna", "USERS", lambda s, _: teams.join_team(*s.given, "Norr", ["anna"])),
    # accounting
    _o(
        "conflicts list",
        "RESOLVE",
        lambda s, _: (_conflicts(s), conflicts.list_conflicts(s.store, s.actor, s.group_id, {})),
    ),
    _o("conflicts show 1", "RESOLVE", lambda s, _: conflicts.show(s.store, s.actor, s.group_id, 1)),
    _o("runs list", "SYNC", lambda s, _: runs.list_runs(s.store, s.actor, s.group_id)),
    _o("runs show 1", "SYNC", lambda s, _: runs.show(s.store, s.actor, s.group_id, 1)),
    _o("runs undo 1", "SYNC", lambda s, _: undo.undo_run(s.store, s.actor, s.group_id, 1)),
    _o(
        "connection add ny --system visma_eaccounting",
        "INTEGRATIONS",
        lambda s, _: connections.add(s.store, s.actor, s.group_id, "ny", "visma_eaccounting"),
    ),
    _o(
        "connection set visma paused=yes",
        "INTEGRATIONS",
        lambda s, _: connections.pause(s.store, s.actor, connections.find(s.store, s.group_id, None), paused=True),
    ),
    _o("mail list", "SETTINGS", lambda s, _: queue.list_messages(s.store, s.actor, s.group_id)),
)
