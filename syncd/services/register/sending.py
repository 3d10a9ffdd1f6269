"""*Send protocol*: an order's documents to the contacts of its customer that asked for them (R-06)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.errors import ChangedMeanwhileError, RefusedError
from syncd.ports.mail import NewMessage
from syncd.ports.protocols import NewSending, ProtocolQuery
from syncd.register.access import Verb, require
from syncd.register.protocols import NobodyToSendError, Receiver, is_service, receivers
from syncd.services.register import protocol_words as words
from syncd.services.register.finding import author
from syncd.services.register.orders import show_order
from syncd.services.register.protocols import found_protocol

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from syncd.ports.protocols import ProtocolInfo
    from syncd.ports.register import RegisterWork
    from syncd.register.access import Actor
    from syncd.services.register.orders import OrderView


@dataclass(frozen=True, slots=True)
class Letter:
    """What a contact is to be sent. ``key`` names exactly this to exactly them; ``before``: they were sent it."""

    key: str
    to: Receiver
    subject: str
    text: str
    before: bool


@dataclass(frozen=True, slots=True)
class Mailing:
    """What sending an order's documents would do. ``times``: how often something of it was sent."""

    order: OrderView
    protocol: ProtocolInfo | None
    letters: tuple[Letter, ...]
    times: int

    @property
    def mark(self) -> str:
        """Names exactly these letters; another one once any of them was sent."""
        keys = "\n".join(sorted(one.key for one in self.letters))
        return hashlib.sha256(f"{self.times}\n{keys}".encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Sent:
    """Who was sent the documents now, and who had been sent the very same before."""

    order: OrderView
    queued: tuple[Receiver, ...]
    before: tuple[Receiver, ...]


def plan_sending(
    work: RegisterWork, actor: Actor, group_id: int, order_number: str, protocol_number: str | None = None
) -> Mailing:
    """Return who would be sent what: an order's protocol (the latest, unless one is named) and work order.

    Each contact gets what it is marked for, in one mail.
    """
    order = show_order(work, actor, group_id, order_number)
    require(actor, Verb.SEND, order.customer.id)
    protocol = _protocol(work, actor, group_id, order, protocol_number)
    contacts = work.customers.contacts([order.customer.id]).get(order.customer.id, [])
    wanted = receivers(contacts, has_protocol=protocol is not None)
    if not wanted:
        waits = protocol is None and is_service(order.order.fields) and any(c.send_service_protocol for c in contacts)
        raise NobodyToSendError(order.customer.number, order.order.number, waits_for_protocol=waits)
    times = len(work.protocols.sent([order.order.id]).get(order.order.id, ()))
    letters = _letters(work, group_id, wanted, words.Documents(order, protocol))
    return Mailing(order, protocol, letters, times)


def send_protocol(  # noqa: PLR0913 - what is sent, and what had been seen of it
    work: RegisterWork,
    actor: Actor,
    group_id: int,
    order_number: str,
    protocol_number: str | None = None,
    *,
    again: bool = False,
    seen: Container[str] | None = None,
) -> Sent:
    """Mail what ``plan_sending`` tells. What somebody was sent already is not sent twice, unless ``again``.

    ``seen`` holds the mark of the plan that somebody looked at: anything else is not sent.
    """
    mailing = plan_sending(work, actor, group_id, order_number, protocol_number)
    if seen is not None and mailing.mark not in seen:
        raise ChangedMeanwhileError(f"What is sent of order {mailing.order.order.number}")
    queued = _queue(work, actor, group_id, mailing, again=again)
    work.commit()
    before = tuple(one.to for one in mailing.letters if one.to not in queued)
    return Sent(show_order(work, actor, group_id, order_number), queued, before)


def _protocol(
    work: RegisterWork, actor: Actor, group_id: int, order: OrderView, number: str | None
) -> ProtocolInfo | None:
    if number is None:
        latest = work.protocols.page(group_id, ProtocolQuery(order_id=order.order.id, limit=1))
        return latest[0] if latest else None
    protocol = found_protocol(work, actor, group_id, number)
    if protocol.order_id != order.order.id:
        raise RefusedError(
            f"Service protocol {protocol.number} belongs to order {protocol.order_number}.",
            remedy=f"Send it there: syncd order send {protocol.order_number} --protocol {protocol.number}",
        )
    return protocol


def _letters(
    work: RegisterWork, group_id: int, wanted: Iterable[Receiver], documents: words.Documents
) -> tuple[Letter, ...]:
    group = next(one.name for one in work.groups.list() if one.id == group_id)
    language = work.groups.settings(group_id).language
    order_id = documents.order.order.id
    texts = [(one, words.body(one, documents, group, language)) for one in wanted]
    made = [(_key(order_id, one.address, text), one, text) for one, text in texts]
    known = work.protocols.known(order_id, [key for key, _one, _text in made])
    return tuple(
        Letter(key, one, words.subject(one, documents, group, language), text, key in known) for key, one, text in made
    )


def _queue(work: RegisterWork, actor: Actor, group_id: int, mailing: Mailing, *, again: bool) -> tuple[Receiver, ...]:
    """Queue the mails and remember them, in one transaction: one message per change, also after a crash."""
    order, protocol = mailing.order.order, mailing.protocol
    times = mailing.times if again else 0
    letters = {f"{one.key}:{times}" if times else one.key: one for one in mailing.letters}
    known = work.protocols.known(order.id, letters)
    chosen = {key: one for key, one in letters.items() if key not in known}
    for key, one in chosen.items():
        kind = "service_protocol" if one.to.protocol else "work_order"
        work.outbox.add(group_id, NewMessage(kind, key, one.subject, one.text, address=one.to.address))
    if chosen:
        number = protocol.id if protocol is not None else None
        sendings = [
            NewSending(key, one.to.name, one.to.address, number if one.to.protocol else None, one.to.work_order)
            for key, one in chosen.items()
        ]
        work.protocols.send(group_id, order, sendings, author(actor))
    return tuple(one.to for one in chosen.values())


def _key(order_id: int, address: str, text: str) -> str:
    mark = hashlib.sha256(f"{address.casefold()}\n{text}".encode()).hexdigest()[:24]
    return f"order:{order_id}:{mark}"
