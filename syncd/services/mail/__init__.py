"""Mails on their way out: queued in the transaction of what they tell, sent later, retried, at last given up.

``work.outbox.add`` queues; ``Mailer.deliver_due`` sends. To tell users of something, use ``services.notices``.
"""

from syncd.services.mail.delivery import Delivered, Mailer
from syncd.services.mail.queue import STATES, list_messages, retry, standing

__all__ = ["STATES", "Delivered", "Mailer", "list_messages", "retry", "standing"]
