"""Rights as people read them (R-26, R-27)."""

from __future__ import annotations

from syncd.register.access import Permission
from syncd.register.scopes import ADMINISTRATOR
from syncd.web.pages.words import _

RIGHTS: dict[str, str] = {
    ADMINISTRATOR: _("Administrator: everything"),
    Permission.VIEW: _("View customers"),
    Permission.VIEW_ONLY_ASSIGNED: _("View only assigned customers"),
    Permission.EDIT: _("Edit customers"),
    Permission.EDIT_ONLY_ASSIGNED: _("Edit only assigned customers"),
    Permission.CREATE: _("Add customers"),
    Permission.DELETE: _("Delete customers"),
    Permission.UPLOAD: _("Upload registers"),
    Permission.CREATE_CUSTOMER_USERS: _("Create customer users"),
    Permission.CHANGE_CUSTOMER_USERS_RIGHTS: _("Change customer users and their rights"),
    Permission.DELETE_CUSTOMER_USERS: _("Delete customer users"),
    Permission.ASSIGN: _("Assign technicians"),
    Permission.DELETE_UPLOADED_FILES: _("Delete uploaded files"),
}
"""Every right that can be given, with its words."""
