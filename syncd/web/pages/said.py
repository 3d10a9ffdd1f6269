"""What a page says on arrival about the form that was just carried out: by name in the address, never as text."""

from __future__ import annotations

from syncd.web.pages.words import _

SAID = {
    "answered": _("The answer is recorded. The next run carries it out."),
    "assigned": _("The assignment is saved."),
    "customer_added": _("The customer is added."),
    "customer_deactivated": _("The customer is deactivated: nothing new can be added to it."),
    "customer_deleted": _("The customer is deleted."),
    "customer_reactivated": _("The customer is active again."),
    "customer_renumbered": _("The customer has its new number."),
    "customer_saved": _("The customer is saved."),
    "entry_deleted": _("It is deleted."),
    "entry_restored": _("It is offered again."),
    "entry_retired": _("It is retired: it stays where it is used, and is offered no longer."),
    "entry_saved": _("It is saved."),
    "file_attached": _("The file is attached."),
    "file_deleted": _("The file is deleted."),
    "notices_read": _("They are marked as read."),
    "settings_saved": _("The settings are saved."),
    "team_removed": _("The team is forgotten."),
    "team_saved": _("The team is saved."),
    "upload_dropped": _("The file is forgotten; nothing was stored."),
    "user_deleted": _("The user is deleted."),
    "user_saved": _("The user is saved."),
    "protocol_saved": _("The service protocol is saved."),
    "protocol_added": _("The service protocol is written."),
    "protocol_known": _("Everybody was sent the very same before: nothing was sent."),
    "protocol_sent": _("It is on its way. Below stands what was sent to whom."),
    "order_added": _("It is added."),
    "order_saved": _("It is saved."),
    "paused": _("The connection is paused: nothing runs."),
    "resumed": _("The connection runs again."),
    "connected": _("The company is connected."),
    "connection_removed": _("The connection is removed."),
    "session_ended": _("The session is ended."),
    "sessions_ended": _("Every session of the user is ended."),
    "token_revoked": _("The token is revoked."),
    "password_changed": _("Your password is changed. Every other session of yours is ended."),
}
