"""Who may do what, written down apart from the code: what the matrix and the tests of `may` compare it with."""

from __future__ import annotations

from itertools import chain

TABLE: dict[str, tuple[str, str, bool]] = {
    "VIEW": ("view", "view_only_assigned", True),
    "HISTORY": ("view", "view_only_assigned", True),
    "EXPORT": ("view", "view_only_assigned", True),
    "CHOOSE": ("view", "view_only_assigned", True),
    "ADD_ORDER": ("view", "view_only_assigned", True),
    "SEND": ("view", "view_only_assigned", True),
    "EDIT": ("edit", "edit_only_assigned", True),
    "DEACTIVATE": ("edit", "edit_only_assigned", True),
    "FILES": ("view", "view_only_assigned", True),
    "ATTACH_FILE": ("edit upload", "edit_only_assigned", True),
    "DELETE": ("delete", "", True),
    "ASSIGN": ("assign", "", True),
    "DELETE_FILE": ("delete_uploaded_files", "", True),
    "CREATE_CUSTOMER_USER": ("create_customer_users", "", True),
    "CHANGE_CUSTOMER_USER": ("change_customer_users_rights", "", True),
    "DELETE_CUSTOMER_USER": ("delete_customer_users", "", True),
    "CREATE": ("create", "", False),
    "UPLOAD": ("upload", "", False),
}
"""Per verb: what opens it for every customer (one of these), what for assigned ones, whether it must be seen."""

ADMINISTRATORS_ONLY = {
    "RENUMBER",
    "UNMASK",
    "DISCLOSE",
    "ERASE",
    "SETTINGS",
    "INTEGRATIONS",
    "SYNC",
    "RESOLVE",
    "USERS",
    "CATALOGUES",
    "LINK",
}

CUSTOMER_USERS = {
    "VIEW": "view",
    "CREATE_CUSTOMER_USER": "create_customer_users",
    "CHANGE_CUSTOMER_USER": "change_customer_users_rights",
    "DELETE_CUSTOMER_USER": "delete_customer_users",
}
"""What a customer user can be allowed, of its own customer; with ``view`` as well."""

RUNS = {"VIEW", "CREATE", "EDIT", "DEACTIVATE", "RENUMBER"}
"""What a sync run does by itself."""

PERMISSIONS = {
    "view",
    "view_only_assigned",
    "edit",
    "edit_only_assigned",
    "create",
    "delete",
    "upload",
    "create_customer_users",
    "change_customer_users_rights",
    "delete_customer_users",
    "assign",
    "delete_uploaded_files",
}
"""Those of R-26."""

ANY_CUSTOMER_USER_VERB = ("CREATE_CUSTOMER_USER", "CHANGE_CUSTOMER_USER", "DELETE_CUSTOMER_USER")


def opens(permissions: frozenset[str], verb: str, *, assigned: bool) -> bool:
    """Whether permissions of somebody in the company open a verb for a customer that is assigned to them, or is not."""
    if verb not in TABLE:
        return False
    everywhere, only_assigned, seen = TABLE[verb]
    opened = not permissions.isdisjoint(everywhere.split()) or (assigned and only_assigned in permissions)
    return opened and (not seen or sees(permissions, assigned=assigned))


def sees(permissions: frozenset[str], *, assigned: bool) -> bool:
    """Whether somebody in the company may see a customer that is assigned to them, or is not."""
    return "view" in permissions or (assigned and "view_only_assigned" in permissions)


def needed(verbs: tuple[str, ...]) -> set[str]:
    """Every permission that has to do with these verbs."""
    words = chain.from_iterable(TABLE.get(verb, ("", "", True))[:2] for verb in verbs)
    return set(chain.from_iterable(map(str.split, words)))
