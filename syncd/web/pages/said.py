"""What a page says on arrival about the form that was just carried out: by name in the address, never as text."""

from __future__ import annotations

from syncd.web.pages.words import _

SAID = {
    "answered": _("The answer is recorded. The next run carries it out."),
    "session_ended": _("The session is ended."),
    "password_changed": _("Your password is changed. Every other session of yours is ended."),
}
