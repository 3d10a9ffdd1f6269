"""Telling users what happens to customers: inside the program, and by mail to those who want it (R-18).

Call ``notify`` in the transaction of the change, before its commit:

    notify(work, actor, group_id, News("order", [customer.id], about="Order 17"), [user.id for user in assigned])

Each user gets one notification and one mail, however many customers the news names. Whoever did it is not told.
"""

from syncd.services.notices.notifying import News, notify
from syncd.services.notices.reading import list_notices, mark_read

__all__ = ["News", "list_notices", "mark_read", "notify"]
