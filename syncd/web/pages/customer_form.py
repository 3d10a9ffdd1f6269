"""Customers added and changed. A form that came too late is shown anew, with what is stored by now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from syncd.errors import NotFoundError, RefusedError
from syncd.register.access import Verb, require
from syncd.services.connections import needed_by_accounting
from syncd.services.register import customers, shapes
from syncd.services.register.finding import known
from syncd.services.register.seen import hold_as_seen, version_of
from syncd.services.register.vocabulary import vocabulary_of
from syncd.web.pages.customer import view_of
from syncd.web.pages.customer_sections import names_of, sections
from syncd.web.pages.field_words import LETTERS
from syncd.web.pages.inputs import changed, filled, led, needed, outdated, typed
from syncd.web.pages.staff import for_staff
from syncd.web.pages.wrong import Wrong, wrong

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.ports.work import Work
    from syncd.register.fields import Value
    from syncd.services.register.reading import CustomerView
    from syncd.services.register.vocabulary import Vocabulary
    from syncd.web.pages.door import Door
    from syncd.web.pages.inputs import Section
    from syncd.web.pages.visit import Visit

NUMBER = "number"


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [
        door.shows("/customers/add", for_staff(ask_new)),
        door.takes("/customers/add", for_staff(add)),
        door.shows("/customers/{id:int}/edit", for_staff(ask)),
        door.takes("/customers/{id:int}/edit", for_staff(save)),
    ]


@dataclass(frozen=True, slots=True)
class Offered:
    """Discount letters: those that are ticked, and those that can be added."""

    ticked: tuple[str, ...]
    others: tuple[str, ...]

    @classmethod
    def of(cls, vocabulary: Vocabulary, ticked: Sequence[str]) -> Self:
        """Part a group's letters."""
        return cls(tuple(ticked), tuple(code for code in vocabulary.letters if code not in ticked))


# ----- a new one


def ask_new(visit: Visit) -> Response:
    """The form of a new customer."""
    return _new(visit)


def _new(visit: Visit, why: Wrong | None = None) -> Response:
    with visit.reading() as work:
        require(visit.actor, Verb.CREATE)
        suggested = customers.suggested_number(work, visit.actor, visit.group_id)
        vocabulary = vocabulary_of(work, visit.group_id)
    form = list(sections(vocabulary, {"type": "company"}, (), visit.words, new=True))
    offered = Offered.of(vocabulary, visit.several(LETTERS))
    return _page(visit, form, why, offered, customer=None, suggested=suggested)


def add(visit: Visit) -> Response:
    """Add the customer, and go to its page; who may not see it stays."""
    try:
        with visit.work() as work:
            vocabulary = vocabulary_of(work, visit.group_id)
            names = names_of(list(sections(vocabulary, {}, (), visit.words, new=True)))
            fields: dict[str, Value] = {name: text for name, text in typed(visit, names).items() if text}
            number, letters = visit.asked(NUMBER) or None, _letters(visit)
            given = {**fields, LETTERS: ",".join(letters)} if letters else fields
            added = customers.add_customer(work, visit.actor, visit.group_id, number, {"name": None, **given})
    except RefusedError as error:
        return _new(visit, wrong(error, visit))
    path = f"/customers/{added.id}" if _sees(visit, added.id) else "/customers/add"
    return visit.go(path, said="customer_added")


def _sees(visit: Visit, customer_id: int) -> bool:
    with visit.reading() as work:
        try:
            known(work, visit.actor, visit.group_id, customer_id)
        except NotFoundError:
            return False
    return True


# ----- one that is there


def ask(visit: Visit) -> Response:
    """The form of a customer."""
    return _known(visit)


def _known(visit: Visit, why: Wrong | None = None) -> Response:
    directions = visit.house.led(visit.group_id)
    with visit.reading() as work:
        view = view_of(visit, work)
        require(visit.actor, Verb.EDIT, view.customer.id)
        vocabulary = vocabulary_of(work, visit.group_id)
    form = [led(one, directions) for one in _sections(vocabulary, view, visit)]
    selected = visit.several(LETTERS) if why is not None and not why.outdated else list(view.letters)
    document, seen = shapes.customer(view), version_of(view.customer)
    return _page(visit, form, why, Offered.of(vocabulary, selected), customer=document, id=view.customer.id, seen=seen)


def _sections(vocabulary: Vocabulary, view: CustomerView, visit: Visit) -> list[Section]:
    return list(sections(vocabulary, view.customer.fields, view.letters, visit.words, new=False))


def save(visit: Visit) -> Response:
    """Store what was changed on the form, unless somebody stored something else meanwhile."""
    directions = visit.led()
    try:
        with visit.work() as work:
            changes = _changes(visit, work)
            if changes:
                number = known(work, visit.actor, visit.group_id, visit.number()).number
                customers.change_customer(work, visit.actor, visit.group_id, number, changes, led=directions)
    except NotFoundError:
        raise
    except RefusedError as error:
        return _known(visit, wrong(error, visit))
    return visit.go(f"/customers/{visit.number()}", said="customer_saved")


def _changes(visit: Visit, work: Work) -> dict[str, Value]:
    """What was changed, of the customer as its author saw it. Raises ``ChangedMeanwhileError``."""
    view = view_of(visit, work)
    require(visit.actor, Verb.EDIT, view.customer.id)
    hold_as_seen(work, visit.actor, visit.group_id, view.customer.number, {visit.asked("seen")})
    names = names_of(_sections(vocabulary_of(work, visit.group_id), view, visit))
    changes = changed(typed(visit, names), view.customer.fields)
    letters = _letters(visit)
    if LETTERS in visit.form and letters != list(view.letters):
        changes[LETTERS] = ",".join(letters)
    return changes


def _letters(visit: Visit) -> list[str]:
    """The letters that are ticked, and those that were typed beside them."""
    added = [code.strip() for code in visit.asked("more_letters").split(",") if code.strip()]
    return list(dict.fromkeys([*visit.several(LETTERS), *added]))


# ----- both


def _page(visit: Visit, form: Sequence[Section], why: Wrong | None, offered: Offered, **shown: Any) -> Response:  # noqa: ANN401 - what the template shows
    if why is not None:
        why = why.labelled({one.name: one.label for section in form for one in section.inputs if "." in one.name})
        sent, problems = typed(visit, names_of(form)), {one.field: one for one in why.problems}
        form = [outdated(one, sent) if why.outdated else filled(one, sent, problems) for one in form]
    names = needed_by_accounting(visit.store, visit.group_id, visit.house.holds)
    form = [needed(one, names) for one in form]
    status = why.fault.status if why is not None else 200
    return visit.page("customer_form.html", status=status, why=why, form=form, offered=offered, **shown)
