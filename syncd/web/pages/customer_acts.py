"""What is done with a whole customer: renumbered, switched off and on, deleted (R-02, R-15, R-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.errors import NotFoundError, RefusedError
from syncd.register.access import Verb, require
from syncd.services.register import customers, shapes
from syncd.services.register.finding import known
from syncd.services.register.seen import hold_as_seen, version_of
from syncd.web.pages.customer import view_of
from syncd.web.pages.staff import for_staff
from syncd.web.pages.wrong import Wrong, wrong

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.engine.state import Local
    from syncd.ports.work import Work
    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [
        door.shows("/customers/{id:int}/renumber", for_staff(ask_renumber)),
        door.takes("/customers/{id:int}/renumber", for_staff(renumber)),
        door.takes("/customers/{id:int}/active", for_staff(switch)),
        door.shows("/customers/{id:int}/delete", for_staff(ask_delete)),
        door.takes("/customers/{id:int}/delete", for_staff(delete)),
    ]


def as_seen(visit: Visit, work: Work) -> Local:
    """The customer as the form showed it, kept from everybody else. Raises ``ChangedMeanwhileError``."""
    number = known(work, visit.actor, visit.group_id, visit.number()).number
    return hold_as_seen(work, visit.actor, visit.group_id, number, {visit.asked("seen")})


def ask_renumber(visit: Visit) -> Response:
    """The form for another number."""
    return _asking(visit, "customer_renumber.html", Verb.RENUMBER)


def renumber(visit: Visit) -> Response:
    """Give the customer another number, here and in accounting."""
    directions = visit.led()
    try:
        with visit.work() as work:
            numbers = as_seen(visit, work).number, visit.asked("number")
            customers.renumber_customer(work, visit.actor, visit.group_id, numbers, directions)
    except NotFoundError:
        raise
    except RefusedError as error:
        return _asking(visit, "customer_renumber.html", Verb.RENUMBER, wrong(error, visit))
    return _back(visit, "customer_renumbered")


def switch(visit: Visit) -> Response:
    """Deactivate the customer, or reactivate it."""
    directions, active = visit.led(), visit.asked("active") == "yes"
    with visit.work() as work:
        number = as_seen(visit, work).number
        customers.set_active(work, visit.actor, visit.group_id, number, active=active, led=directions)
    return _back(visit, "customer_reactivated" if active else "customer_deactivated")


def ask_delete(visit: Visit) -> Response:
    """What deleting means, before it is done."""
    return _asking(visit, "customer_delete.html", Verb.DELETE)


def delete(visit: Visit) -> Response:
    """Delete the customer; its history stays."""
    try:
        with visit.work() as work:
            customers.delete_customer(work, visit.actor, visit.group_id, as_seen(visit, work).number)
    except NotFoundError:
        raise
    except RefusedError as error:
        return _asking(visit, "customer_delete.html", Verb.DELETE, wrong(error, visit))
    return visit.go("/customers", said="customer_deleted")


def _asking(visit: Visit, template: str, verb: Verb, why: Wrong | None = None) -> Response:
    with visit.reading() as work:
        view = view_of(visit, work)
        require(visit.actor, verb, view.customer.id)
        ordered = work.orders.any_of(view.customer.id)
    return visit.page(
        template,
        status=why.fault.status if why is not None else 200,
        why=why,
        customer=shapes.customer(view),
        id=view.customer.id,
        seen=version_of(view.customer),
        ordered=ordered,
    )


def _back(visit: Visit, said: str) -> Response:
    return visit.go(f"/customers/{visit.number()}", said=said)
