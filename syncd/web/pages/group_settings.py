"""The group's settings of the register (R-03, R-04, R-20 to R-24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.register.access import Verb, may
from syncd.register.fields import Field
from syncd.register.language import LANGUAGES
from syncd.register.settings import MEANINGS
from syncd.services.register import group_settings as service
from syncd.web.pages.forms import again, carried_out, section, status_of
from syncd.web.pages.inputs import changed, typed
from syncd.web.pages.staff import for_staff
from syncd.web.pages.words import _

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from syncd.register.settings import SettingValue
    from syncd.web.pages.door import Door
    from syncd.web.pages.visit import Visit
    from syncd.web.pages.wrong import Wrong

TITLES = {
    "customer_number_min_length": _("Customer number, fewest characters"),
    "customer_number_max_length": _("Customer number, most characters"),
    "generate_customer_number": _("Give the next customer number automatically"),
    "include_number_in_display_name": _("Customer number in the display name"),
    "show_facility_name": _("Facility name instead of the customer in lists"),
    "show_cost_center": _("Show cost center"),
    "show_order_number": _("Show the customer's order number"),
    "require_order_number": _("Require the customer's order number on orders"),
    "show_service_items": _("Show service items on the customer"),
    "show_work_order_items": _("Show work order items on the customer"),
    "language": _("Language of mails and files"),
    "time_zone": _("Time zone"),
    "keep_deleted_days": _("Days until what is held on a deleted customer is erased"),
}
HELPS = {
    "customer_number_min_length": _("New ones are padded. Numbers that are there stay valid."),
    "customer_number_max_length": _("16 fits accounting. Numbers that are there stay valid."),
    "time_zone": _("Whose clock the nightly run and these pages go by, such as Europe/Stockholm."),
    "keep_deleted_days": _("0: never."),
}


def routes(door: Door) -> list[Route]:
    """Every address of this file."""
    return [door.shows("/settings", for_staff(show)), door.takes("/settings", for_staff(save))]


def _field(key: str, value: SettingValue) -> Field:
    if key == "language":
        return Field(key, "choice", choices=LANGUAGES, required=True)
    return Field(key, "flag" if isinstance(value, bool) else "text")


def _values(visit: Visit) -> dict[str, SettingValue]:
    with visit.reading() as work:
        return {one.key: one.value for one in service.list_settings(work, visit.actor, visit.group_id)}


def show(visit: Visit) -> Response:
    """Every setting: to be changed by an administrator, to be read by everybody else."""
    return _page(visit)


def _page(visit: Visit, why: Wrong | None = None, outside: tuple[str, ...] | None = None) -> Response:
    values = _values(visit)
    fields = [_field(key, values[key]) for key in MEANINGS]
    texts = {key: value if isinstance(value, bool) else str(value) for key, value in values.items()}
    form = section(visit, visit.words.say(_("Settings")), fields, texts, HELPS, TITLES)
    labels = {one.name: one.label for one in form.inputs}
    return visit.page(
        "settings.html",
        status=status_of(why),
        why=why.labelled(labels) if why is not None else None,
        form=again(visit, form, why),
        may_change=may(visit.actor, Verb.SETTINGS),
        outside=outside or (),
        saved=outside is not None,
    )


def save(visit: Visit) -> Response:
    """Store what was changed; the numbers that new lengths would refuse are told (R-03)."""

    def act() -> Response:
        with visit.work() as work:
            before = {one.key: one.value for one in service.list_settings(work, visit.actor, visit.group_id)}
            texts = {key: value if isinstance(value, bool) else str(value) for key, value in before.items()}
            changes = {key: str(text) for key, text in changed(typed(visit, MEANINGS), texts).items()}
            done = service.set_settings(work, visit.actor, visit.group_id, changes)
        return _page(visit, outside=done.outside) if done.outside else visit.go("/settings", said="settings_saved")

    return carried_out(visit, act, lambda why: _page(visit, why))
