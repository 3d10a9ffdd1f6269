"""What the administrator does: answers questions and changes settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import rule

from syncd.errors import SyncdError
from tests.machine.oracle import must
from tests.machine.stage import PLACES, TEXTS, Stage
from tests.machine.vocabulary import UNITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.machine.vocabulary import Value

REDIRECTED = ("phone", "email", "discount_percentage", "housing_association_number", *("invoice_address", "contact"))
"""Units whose direction and policy the administrator plays with; and the visiting address, which begins as *off*."""
POLICIES = st.sampled_from(("ask", "register", "accounting", "newest"))
WAYS = st.sampled_from(("both", "to_accounting", "from_accounting", "off"))
IDENTITY = ("number", "name")
"""What every customer has on both sides; *off* is for fields that one can do without."""
SETTINGS = st.one_of(
    st.tuples(
        st.sampled_from([f"field.{unit}.direction" for unit in (*REDIRECTED, "visiting_address", *IDENTITY)]), WAYS
    ),
    st.tuples(st.sampled_from(["conflict_policy", *(f"field.{unit}.policy" for unit in REDIRECTED)]), POLICIES),
    st.tuples(st.just("first_link"), st.sampled_from(("ask", "register", "accounting"))),
    st.tuples(st.sampled_from(("create_in_accounting", "create_in_register")), st.sampled_from(("true", "false"))),
    st.tuples(st.just("deletion"), st.sampled_from(("deactivate", "delete", "keep"))),
    st.tuples(st.just("add_assigned_in_our_reference"), st.sampled_from(("true", "false"))),
    st.tuples(st.just("our_reference_mode"), st.sampled_from(("fill", "always"))),
)


class Administrator(Stage):
    """Whoever answers conflicts and sets the connection."""

    @rule(place=PLACES, choice=st.integers(0, 2), texts=TEXTS)
    def administrator_answers(self, *, place: int, choice: int, texts: dict[str, Value]) -> None:
        """A question is answered with one of its choices; after a change on either side it is shown anew instead."""
        waiting = [one for one in self.world.conflicts() if one.choices]
        if not waiting:
            return
        one = waiting[place % len(waiting)]
        answer = one.choices[choice % len(one.choices)]
        typed = _typed(one.field, texts) if answer in {"value", "accounting_only"} else None
        about = f"{one.kind} {one.field or ''} of {one.customer_number}".replace("  ", " ")
        self.story.tell("administrator", f"answers {about}: {answer}{f' {typed}' if typed is not None else ''}")
        try:
            self.world.resolve(one, answer, typed)
        except SyncdError as error:
            self.story.tell("syncd", f"does not take that answer ({error.message})")
            must(error.code == "changed_meanwhile" or typed is not None, f"the answer was refused: {error}")
        else:
            self.oracle.answered(one, answer)

    @rule(setting=SETTINGS)
    def administrator_sets(self, *, setting: tuple[str, str]) -> None:
        """A setting of the connection is changed."""
        key, value = setting
        self.story.tell("administrator", f"sets {key} = {value}")
        self.world.configure({key: value})
        self.oracle.settings[key] = value


def _typed(unit: str | None, texts: Mapping[str, Value]) -> str:
    """What an administrator types as the value of a unit."""
    fields = UNITS.get(str(unit), ())
    if len(fields) == 1:
        return str(texts.get(fields[0]) or "")
    return json.dumps({name: texts[name] for name in fields})
