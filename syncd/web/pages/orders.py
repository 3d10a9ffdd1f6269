"""Orders, error reports and quotations, for those who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.ports.orders import OrderQuery
from syncd.services.register.orders import count_orders, list_orders
from syncd.web.pages.order_words import order_row
from syncd.web.pages.pieces import SIZE, page_number, piece

if TYPE_CHECKING:
    from starlette.responses import Response

    from syncd.web.pages.visit import Visit


def own(visit: Visit) -> Response:
    """What a customer user may see: what was ordered, reported and offered for their customer."""
    start = (page_number(visit) - 1) * SIZE
    with visit.store.reading() as work:
        found = list_orders(work, visit.actor, visit.group_id, OrderQuery(limit=SIZE, offset=start))
        total = count_orders(work, visit.actor, visit.group_id, OrderQuery())
    rows = piece([order_row(one, visit.words) for one in found], visit, start=start, total=total)
    return visit.page("own_orders.html", rows=rows)
