"""Where a connection stands, in words: what `syncd status` tells, for people who read a page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from syncd.web.pages.faults import in_words
from syncd.web.pages.run_words import BRAKES
from syncd.web.pages.words import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from syncd.web.pages.words import Words

_LAST = {
    "succeeded": _("in step %(when)s"),
    "partial": _("in step but for some customers %(when)s"),
    "held": _("held by a brake %(when)s"),
    "planned": _("looked at by a dry run %(when)s"),
    "failed": _("the last run failed %(when)s"),
    "interrupted": _("the last run was cut off %(when)s"),
}
_KINDS = {
    "incremental": _("changes"),
    "full": _("everything"),
    "customer": _("one customer"),
    "undo": _("undo"),
}


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a person should do: why, in words (``language`` if not the reader's), and where."""

    why: str
    action: str = ""
    path: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A connection on the overview. ``state`` is ``good``, ``warn`` or ``bad``, and never told by colour alone."""

    name: str
    company: str
    state: str
    label: str
    sentence: str
    coming: tuple[str, ...]
    remedies: tuple[Remedy, ...]
    conflicts: int
    busy: bool
    paused: bool


def described(one: Mapping[str, Any], words: Words, now: datetime) -> Shown:
    """A connection in words."""
    state, label = _state(one, words)
    return Shown(
        name=one["name"],
        company=str((one["company"] or {}).get("name") or one["system"]),
        state=state,
        label=label,
        sentence=_begun(words.list(_sentence(one, words, now))),
        coming=tuple(_coming(one, words, now)),
        remedies=tuple(_remedies(one, words)),
        conflicts=one["open_conflicts"],
        busy=any(ticket["state"] == "running" for ticket in one["queue"]),
        paused=one["paused"],
    )


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _state(one: Mapping[str, Any], words: Words) -> tuple[str, str]:
    last = (one["last_run"] or {}).get("status")
    if one["state"] == "paused":
        return "warn", words.say("Paused")
    if one["state"] != "ready" or last in {"failed", "held"}:
        return "bad", words.say("Needs attention")
    if one["open_conflicts"] or last == "partial":
        return "warn", words.say("Questions wait")
    return ("good", words.say("In step")) if last is not None else ("warn", words.say("Not begun"))


def _sentence(one: Mapping[str, Any], words: Words, now: datetime) -> Iterator[str]:
    last = one["last_run"]
    if last is None:
        yield words.say("never run")
    elif last["status"] == "running":
        yield words.say("a run is under way, begun %(when)s", when=words.since(last["started_at"], now))
    else:
        moment = last["finished_at"] or last["started_at"]
        yield words.say(_LAST.get(last["status"], last["status"]), when=words.since(moment, now))
    if one["linked"]:
        number = one["linked"]
        yield words.count("%(num)s linked customer", "%(num)s linked customers", number)
    if one["open_conflicts"]:
        yield words.count("%(num)s conflict", "%(num)s conflicts", one["open_conflicts"])
    coming = one["next_run"]
    if coming is not None:
        yield words.say("next run %(when)s", when=words.clock(coming["at"], now))


def _coming(one: Mapping[str, Any], words: Words, now: datetime) -> Iterator[str]:
    """Orders in line, and why the schedule keeps away."""
    for ticket in one["queue"]:
        text = _("Runs: %(what)s, asked for by %(who)s %(when)s.")
        if ticket["state"] == "waiting":
            text = _("Waits: %(what)s, asked for by %(who)s %(when)s.")
        what = words.say(_KINDS[ticket["kind"]])
        yield words.say(text, what=what, who=ticket["who"], when=words.since(ticket["asked_at"], now))
    retry = one["circuit"]["retry_at"]
    if retry is not None and datetime.fromisoformat(retry) > now:
        yield words.say(
            "The schedule tries again %(when)s, after runs that did not go well.", when=words.clock(retry, now)
        )


def _remedies(one: Mapping[str, Any], words: Words) -> Iterator[Remedy]:
    last = one["last_run"] or {}
    attention, error = one["attention"] or {}, last.get("error") or {}
    if attention.get("message"):
        yield replace(_told(attention, words), action=words.say("Look at the integration"), path=_integration(one))
    elif one["state"] == "needs_consent":
        why = words.say("The accounting system must be connected: an administrator gives consent.")
        yield Remedy(why, words.say("Connect"), _integration(one))
    if one["state"] == "paused":
        yield Remedy(words.say("Nothing runs until somebody resumes it."), words.say("Resume"), _integration(one))
    elif last.get("status") == "held":
        why = words.say(BRAKES.get(str(error.get("code")), BRAKES["other"]))
        yield Remedy(why, words.say("Look at the plan"), f"/runs/{last['id']}")
    elif last.get("status") in {"failed", "partial"} and not attention:
        told = _told(error, words) if error else Remedy(words.say("The last run did not go well for everybody."))
        yield replace(told, action=words.say("Look at the run"), path=f"/runs/{last['id']}")
    if one["open_conflicts"]:
        number = one["open_conflicts"]
        why = words.count("%(num)s question waits for an answer.", "%(num)s questions wait for an answer.", number)
        yield Remedy(why, words.say("Answer"), f"/conflicts?{urlencode({'connection': one['name']})}")


def _told(error: Mapping[str, Any], words: Words) -> Remedy:
    fault = in_words(str(error.get("code")), str(error["message"]), error.get("remedy"), words)
    return Remedy(f"{fault.message} {fault.remedy}".strip(), language=fault.language)


def _integration(one: Mapping[str, Any]) -> str:
    return f"/integrations/{quote(one['name'], safe='')}"
