"""Files attached to a customer: attached, kept by whoever downloads them, deleted (R-29)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.errors import NotFoundError, RefusedError
from syncd.register.access import Verb, require
from syncd.services.files import attach, delete_file, open_file
from syncd.services.register import shapes
from syncd.services.register.finding import known
from syncd.web.attachments import as_file
from syncd.web.pages.customer import view_of
from syncd.web.pages.faults import NothingHereError
from syncd.web.pages.staff import for_staff
from syncd.web.pages.uploads import NoFileError
from syncd.web.pages.wrong import wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.datastructures import UploadFile
    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.ports.files import AttachedFile
    from syncd.ports.work import Work
    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit
    from syncd.web.pages.wrong import Wrong

_PIECE = 65_536


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [
        door.shows("/customers/{id:int}/files/add", for_staff(ask)),
        door.receives("/customers/{id:int}/files/add", for_staff(add)),
        door.shows("/customers/{id:int}/files/{file:int}", for_staff(fetch)),
        door.shows("/customers/{id:int}/files/{file:int}/delete", for_staff(ask_delete)),
        door.takes("/customers/{id:int}/files/{file:int}/delete", for_staff(delete)),
    ]


def ask(visit: Visit, why: Wrong | None = None) -> Response:
    """The form to attach a file."""
    with visit.reading() as work:
        view = view_of(visit, work)
        require(visit.actor, Verb.ATTACH_FILE, view.customer.id)
    status = why.fault.status if why is not None else 200
    most = visit.house.rules.most_megabytes
    document, customer_id = shapes.customer(view), view.customer.id
    return visit.page("file_add.html", status=status, why=why, customer=document, id=customer_id, most=most)


def add(visit: Visit) -> Response:
    """Attach the file."""
    file, house = visit.file("file"), visit.house
    with visit.reading() as work:
        number = known(work, visit.actor, visit.group_id, visit.number()).number
    try:
        if file is None:
            raise NoFileError
        named = str(file.filename), _pieces(file)
        attach(visit.store, house.shelf, visit.actor, visit.group_id, number, named, rules=house.rules)
    except NotFoundError:
        raise
    except RefusedError as error:
        return ask(visit, wrong(error, visit))
    return visit.go(f"/customers/{visit.number()}", said="file_attached")


def _pieces(file: UploadFile) -> Iterator[bytes]:
    while piece := file.file.read(_PIECE):
        yield piece


def _meant(visit: Visit, work: Work) -> tuple[str, AttachedFile]:
    """The customer's number, and the file that the address names by its id."""
    customer = known(work, visit.actor, visit.group_id, visit.number())
    require(visit.actor, Verb.FILES, customer.id)
    file = next((one for one in work.files.of(customer.id) if one.id == visit.number("file")), None)
    if file is None:
        raise NothingHereError
    return customer.number, file


def fetch(visit: Visit) -> Response:
    """The file, to be kept: no browser shows it as a page of ours."""
    with visit.reading() as work:
        number, file = _meant(visit, work)
        _file, content = open_file(work, visit.house.shelf, visit.actor, visit.group_id, (number, file.name))
        return as_file(file.name, content, file.media_type)


def ask_delete(visit: Visit) -> Response:
    """What deleting means, before it is done."""
    with visit.reading() as work:
        _number, file = _meant(visit, work)
        require(visit.actor, Verb.DELETE_FILE, file.customer_id)
    return visit.page("file_delete.html", file=file, id=file.customer_id)


def delete(visit: Visit) -> Response:
    """Delete the file for good; the history keeps that there was one."""
    with visit.reading() as work:
        number, file = _meant(visit, work)
    delete_file(visit.store, visit.house.shelf, visit.actor, visit.group_id, (number, file.name))
    return visit.go(f"/customers/{file.customer_id}", said="file_deleted")
