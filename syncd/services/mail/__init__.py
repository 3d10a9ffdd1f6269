"""Mails on their way out: queued in the transaction of what they tell, sent later, retried, at last given up.

``work.outbox.add`` queues, ``delivery.Mailer`` sends, ``queue`` is what administrators see of it. To tell users of
something, use ``services.notices``.
"""
