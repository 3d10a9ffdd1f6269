"""Registers from files and into files: a template, a look at every row first, then all rows or none (R-28)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from syncd.errors import RefusedError
from syncd.register.access import Verb, may, require
from syncd.services.exports.formats import write
from syncd.services.uploads import exporting
from syncd.services.uploads.storing import KINDS
from syncd.services.uploads.uploading import upload
from syncd.web.pages.downloads import made
from syncd.web.pages.faults import NothingHereError, told
from syncd.web.pages.field_words import called
from syncd.web.pages.pieces import pieces
from syncd.web.pages.problem_words import said
from syncd.web.pages.staff import for_staff
from syncd.web.pages.upload_desk import Desk
from syncd.web.pages.words import _, known
from syncd.web.pages.wrong import wrong

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.services.uploads.report import Report, RowProblem
    from syncd.services.uploads.storing import Progress
    from syncd.web.pages.door import Door
    from syncd.web.pages.upload_desk import Upload
    from syncd.web.pages.visit import Visit
    from syncd.web.pages.words import Words
    from syncd.web.pages.wrong import Wrong

LOOK_AGAIN = 2
"""Seconds until the page of an upload under way is looked at again."""

TITLES = {
    "customers": _("Customers"),
    "contacts": _("Contacts"),
    "articles": _("Articles"),
    "discount_letters": _("Discount letters"),
}
_FORMS = {"csv", "xlsx"}


class NoFileError(RefusedError):
    """Nobody chose a file."""

    code = "no_file"

    def __init__(self) -> None:
        super().__init__("No file is chosen.", remedy="Choose one, then send the form.")


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    desk = Desk()
    return [
        door.shows("/upload", for_staff(show)),
        door.receives("/upload", for_staff(partial(receive, desk=desk))),
        door.shows("/upload/template", for_staff(template)),
        door.takes("/upload/export", for_staff(export)),
        door.shows("/upload/{token}", for_staff(partial(look, desk=desk))),
        door.takes("/upload/{token}/store", for_staff(partial(store, desk=desk))),
        door.takes("/upload/{token}/drop", for_staff(partial(drop, desk=desk))),
    ]


def show(visit: Visit, why: Wrong | None = None) -> Response:
    """Templates, the form to send a file, and registers to take away; what somebody may of these."""
    can = {verb.name: may(visit.actor, verb) for verb in (Verb.UPLOAD, Verb.EXPORT, Verb.UNMASK)}
    if not (can["UPLOAD"] or can["EXPORT"]):
        visit.require(Verb.UPLOAD)
    return visit.page(
        "upload.html",
        status=why.fault.status if why is not None else 200,
        why=why,
        can=can,
        titles=TITLES,
        kinds=[(kind, visit.words.say(title)) for kind, title in TITLES.items()],
        most=visit.house.rules.most_megabytes,
    )


def _kind(visit: Visit) -> str:
    if visit.asked("kind") not in KINDS:
        raise NothingHereError
    return visit.asked("kind")


def _form(visit: Visit) -> str:
    if visit.asked("format") not in _FORMS:
        raise NothingHereError
    return visit.asked("format")


def template(visit: Visit) -> Response:
    """An empty file with the headings of a register."""
    kind, form = _kind(visit), _form(visit)
    language = known(visit.asked("language")) or visit.words.language
    with visit.reading() as work:
        sheet = exporting.template(work, visit.actor, visit.group_id, kind, made=visit.now, language=language)
        return made(f"{kind}-{language}.{form}", lambda stream: write(sheet, form, stream))


def export(visit: Visit) -> Response:
    """A register as a file; personal identity numbers are masked, unless an administrator asks for whole ones."""
    kind, form, personal = _kind(visit), _form(visit), visit.asked("personal") == "yes"
    with visit.work() if personal else visit.reading() as work:
        sheet = exporting.register_sheet(work, visit.actor, visit.group_id, kind, personal=personal, made=visit.now)
        return made(f"{kind}-{visit.now:%Y-%m-%d}.{form}", lambda stream: write(sheet, form, stream))


# ----- on its way


def receive(visit: Visit, desk: Desk) -> Response:
    """Keep the file, and begin to look at every row; nothing is stored by that."""
    require(visit.actor, Verb.UPLOAD)
    kind, file = _kind(visit), visit.file("file")
    if file is None:
        return show(visit, wrong(NoFileError(), visit))
    who = visit.who.user.id, visit.group_id
    taken = desk.take(who, kind, (str(file.filename), file.file), visit.now)
    desk.begin(taken, _Work(visit=visit, taken=taken, dry_run=True), store=False)
    return visit.go(f"/upload/{taken.token}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """A look at the file, or its storing, as whoever asked for it."""

    visit: Visit
    taken: Upload
    dry_run: bool

    def __call__(self, advance: Progress) -> Report:
        """Do it."""
        visit = self.visit
        return upload(
            visit.store,
            visit.actor,
            visit.group_id,
            self.taken.kind,
            self.taken.file,
            led=visit.house.led,
            dry_run=self.dry_run,
            advance=advance,
        )


def _taken(visit: Visit, desk: Desk) -> Upload:
    found = desk.find(visit.part("token"), visit.actor.user_id, visit.group_id)
    if found is None:
        raise NothingHereError
    return found


@dataclass(frozen=True, slots=True)
class Row:
    """What is wrong with one cell."""

    row: int
    column: str
    value: str
    reason: str
    remedy: str


def _row(problem: RowProblem, words: Words) -> Row:
    remedy = "" if "syncd " in problem.remedy else said(problem.remedy, words)
    return Row(problem.row, called(problem.column, words), problem.value or "", said(problem.reason, words), remedy)


def look(visit: Visit, desk: Desk) -> Response:
    """How far an upload has come, and what it found."""
    taken = _taken(visit, desk)
    state, busy = taken.state, taken.busy  # before the report: it is there once the state says so
    report = taken.report
    still = visit.asked("still") == "yes"
    return visit.page(
        "upload_one.html",
        refresh=LOOK_AGAIN if busy and not still else None,
        upload=taken,
        state=state,
        busy=busy,
        title=visit.words.say(TITLES[taken.kind]),
        report=report,
        rows=pieces([_row(one, visit.words) for one in report.problems], visit) if report is not None else None,
        fault=told(taken.fault, visit.words) if taken.fault is not None else None,
        still=still,
    )


def store(visit: Visit, desk: Desk) -> Response:
    """Store what was looked at: every row is checked once more, and all are stored or none."""
    taken = _taken(visit, desk)
    require(visit.actor, Verb.UPLOAD)
    if taken.state == "checked" and taken.report is not None and not taken.report.problems:
        desk.begin(taken, _Work(visit=visit, taken=taken, dry_run=False), store=True)
    return visit.go(f"/upload/{taken.token}")


def drop(visit: Visit, desk: Desk) -> Response:
    """Forget the file."""
    taken = _taken(visit, desk)
    if not taken.busy:
        desk.drop(taken)
    return visit.go("/upload", said="upload_dropped")
