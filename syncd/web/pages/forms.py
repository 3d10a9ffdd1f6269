"""One form over some fields: asked, shown again with what is wrong, or with what holds by now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from syncd.errors import NotFoundError, RefusedError
from syncd.web.pages.field_words import part_called
from syncd.web.pages.inputs import Section, filled, input_of, outdated, typed
from syncd.web.pages.wrong import Wrong, wrong

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from syncd.register.fields import Field, Value
    from syncd.web.pages.visit import Visit


_NOTHING: Mapping[str, str] = MappingProxyType({})


def section(
    visit: Visit,
    title: str,
    fields: Iterable[Field],
    values: Mapping[str, Any],
    helps: Mapping[str, str] = _NOTHING,
    labels: Mapping[str, str] = _NOTHING,
) -> Section:
    """A form's fields with their values; yes and no are ticked. ``labels`` are words of this form alone."""
    words = visit.words

    def label(name: str) -> str:
        return words.say(labels[name]) if name in labels else part_called(name, words)

    return Section(
        title,
        tuple(
            replace(
                input_of(field, values.get(field.name), words, label(field.name), ticked=True),
                help=words.say(helps[field.name]) if field.name in helps else "",
            )
            for field in fields
        ),
    )


def again(visit: Visit, form: Section, why: Wrong | None) -> Section:
    """The form as it was sent, or as it is stored beside what was sent."""
    if why is None:
        return form
    sent, problems = typed(visit, [one.name for one in form.inputs]), {one.field: one for one in why.problems}
    return outdated(form, sent) if why.outdated else filled(form, sent, problems)


def carried_out(visit: Visit, act: Callable[[], Response], shown: Callable[[Wrong], Response]) -> Response:
    """What a form asks for, done; or the form shown again with the reason why not."""
    try:
        return act()
    except NotFoundError:
        raise
    except RefusedError as error:
        return shown(wrong(error, visit))


def status_of(why: Wrong | None) -> int:
    """The status of a page with a form."""
    return why.fault.status if why is not None else 200


def given(sent: Mapping[str, str]) -> dict[str, Value]:
    """What a form for something new holds: what was left empty was not given."""
    return {name: text for name, text in sent.items() if text}
