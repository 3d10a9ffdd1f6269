"""A digest in words. Customers are told by number; what reads as a personal identity number is masked."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from typing import TYPE_CHECKING

from syncd.register.identity import mask
from syncd.register.language import Text
from syncd.services.conflict_words import KINDS
from syncd.services.digests.reasons import reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from syncd.register.language import Language
    from syncd.services.digests.standing import Standing

_WIDTH = 76
_MOST_NUMBERS = 50

_SUBJECT = Text("{group}: {what}", "{group}: {what}")
_ONE_CONFLICT = Text("1 new conflict", "1 ny konflikt")
_CONFLICTS = Text("{count} new conflicts", "{count} nya konflikter")
_HELD = Text("a run is held", "en körning hålls")
_CONSENT = Text("{name} needs consent", "{name} behöver medgivande")
_ATTENTION = Text("{name} needs attention", "{name} behöver åtgärdas")

_HELD_WORDS = Text(
    "A run is held; nothing was written. Reason: {reason}.",
    "En körning hålls; ingenting har skrivits. Orsak{foreign}: {reason}.",
)
_LOOK = Text("Look at the plan: ", "Se planen: ")
_APPROVE = Text("Approve exactly this plan: ", "Godkänn just den planen: ")
_WAIT = Text("{new} ({open} open in all):", "{new} ({open} öppna totalt):")
_ANSWER = Text("Answer: ", "Svara: ")
_WITHOUT_NUMBER = Text("without a number", "utan nummer")
_MORE = Text("and {count} more", "och {count} till")
_STOPPED = {
    "needs_consent": Text(
        "It cannot run before somebody gives consent again.", "Den kan inte köras förrän någon ger ett nytt medgivande."
    ),
    "needs_attention": Text(
        "It cannot run before somebody puts something right.", "Den kan inte köras förrän någon rättar till något."
    ),
}
_REASON = Text("Reason: ", "Orsak (på engelska): ")
_REMEDY = Text("What helps: ", "Vad som hjälper (på engelska): ")
_CONSOLE = Text("Admin console: {url}", "Administration: {url}")
_FOOT = Text(
    "This is a message from syncd for {group}. Each matter is told once, until it changes. To get no more mails:\n"
    "syncd user set {login} email_notices=no",
    "Det här är ett meddelande från syncd för {group}. Varje sak berättas en gång, tills den ändras. Inga fler mejl:\n"
    "syncd user set {login} email_notices=no",
)


def subject(group: str, news: Sequence[Standing], language: Language) -> str:
    """Say what is new, in a line."""
    parts = [_attention(one, language) for one in news if one.attention is not None]
    parts += [_HELD.to(language)] * any(one.held for one in news)
    count = sum(len(one.conflicts) for one in news)
    parts += [_counted(count, language)] if count else []
    return _SUBJECT.to(language).format(group=group, what=", ".join(parts))


def body(news: Sequence[tuple[Standing, int]], language: Language, url: str | None) -> str:
    """Write the text: what is new on each connection, beside how many conflicts are open there in all."""
    parts = [part for standing, open_in_all in news for part in _connection(standing, open_in_all, language)]
    if url is not None:
        parts.append(_CONSOLE.to(language).format(url=url))
    return "\n\n".join(parts)


def foot(group: str, login: str, language: Language) -> str:
    """Write what ends the mail of one receiver."""
    return f"\n\n-- \n{_FOOT.to(language).format(group=group, login=login)}\n"


def _counted(count: int, language: Language) -> str:
    return _ONE_CONFLICT.to(language) if count == 1 else _CONFLICTS.to(language).format(count=count)


def _attention(one: Standing, language: Language) -> str:
    words = _CONSENT if one.connection.state == "needs_consent" else _ATTENTION
    return words.to(language).format(name=one.connection.name)


def _connection(one: Standing, open_in_all: int, language: Language) -> Iterator[str]:
    company = one.connection.company.get("name")
    heading = f"{one.connection.name} ({company})" if company else one.connection.name
    yield f"{heading}\n{'=' * len(heading)}"
    if one.attention is not None:
        yield _stopped(one, language)
    if one.held is not None:
        yield _held(one, language)
    if one.conflicts:
        yield _conflicts(one, open_in_all, language)


def _stopped(one: Standing, language: Language) -> str:
    attention = one.connection.attention
    lines = [_STOPPED[one.connection.state].to(language), f"{_REASON.to(language)}{attention.get('message')}"]
    lines += [f"{_REMEDY.to(language)}{attention['remedy']}"] if attention.get("remedy") else []
    return "\n".join(_filled(mask(line)) for line in lines)


def _held(one: Standing, language: Language) -> str:
    name = one.connection.name
    why, own = reason((one.held[1].error if one.held is not None else None) or {}, language)
    told = _HELD_WORDS.to(language).format(reason=why, foreign="" if own else " (på engelska)")
    return "\n".join(
        (
            _filled(mask(told)),
            f"{_LOOK.to(language)}syncd sync {name} --dry-run",
            f"{_APPROVE.to(language)}syncd sync {name} --approve",
        )
    )


def _conflicts(one: Standing, open_in_all: int, language: Language) -> str:
    numbers: dict[str, list[str]] = defaultdict(list)
    for _, conflict in one.conflicts:
        number = _WITHOUT_NUMBER.to(language) if conflict.customer_number is None else mask(conflict.customer_number)
        numbers[conflict.kind].append(number)
    new = _counted(len(one.conflicts), language)
    lines = [_WAIT.to(language).format(new=new, open=open_in_all)]
    lines += [_kind(kind, told, language) for kind, told in numbers.items()]
    return "\n".join([*lines, f"{_ANSWER.to(language)}syncd conflicts list --connection {one.connection.name}"])


def _kind(kind: str, numbers: list[str], language: Language) -> str:
    told = list(dict.fromkeys(numbers))
    left = len(told) - _MOST_NUMBERS
    more = [_MORE.to(language).format(count=left)] if left > 0 else []
    return _filled(f"  {KINDS[kind].to(language)}: {', '.join([*told[:_MOST_NUMBERS], *more])}", indent="    ")


def _filled(text: str, indent: str = "") -> str:
    return textwrap.fill(text, _WIDTH, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)
