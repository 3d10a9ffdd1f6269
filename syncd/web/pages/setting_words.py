"""The settings of a connection in plain words."""

from __future__ import annotations

from syncd.web.pages.words import _

LABELS = {
    "create_in_accounting": _("Create customers in accounting that only the register has"),
    "create_in_register": _("Create customers in the register that only accounting has"),
    "first_link": _("When both sides differ at their first meeting"),
    "conflict_policy": _("When both sides were changed"),
    "name_likeness": _("Least likeness of names that counts as one customer (0–100)"),
    "deletion": _("What happens in accounting to a customer deleted here"),
    "terms_of_payment": _("Terms of payment of customers created in accounting"),
    "add_assigned_in_our_reference": _("Add assigned in our reference"),
    "our_reference_mode": _("Which references are written"),
    "our_reference_names": _("Whose names are written"),
    "our_reference_template": _("Text of the reference; {name}, {phone}, {email}, {employee_number} are filled in"),
    "max_changes_percent": _("Hold a run that changes more than this share of the customers, per cent"),
    "max_changes_minimum": _("… but never one that changes this many or fewer"),
    "max_deactivations": _("Hold a run that deactivates more customers than this"),
    "approve_first_run": _("Hold the first run until somebody approves it"),
    "incremental_every": _("How often changes are looked for, such as 30s, 5m, 1h"),
    "full_at": _("When everything is compared, such as 02:30"),
}
"""What each setting is called; *paused* has a button of its own."""

PARTS = (
    (
        _("What is synchronised"),
        ("create_in_accounting", "create_in_register", "first_link", "conflict_policy", "name_likeness", "deletion"),
    ),
    (
        _("Our reference"),
        (
            "add_assigned_in_our_reference",
            "our_reference_mode",
            "our_reference_names",
            "our_reference_template",
            "terms_of_payment",
        ),
    ),
    (
        _("Brakes and times"),
        (
            *("approve_first_run", "max_changes_percent", "max_changes_minimum", "max_deactivations"),
            *("incremental_every", "full_at"),
        ),
    ),
)

NOTES = {
    "Our reference": _(
        "To see which references would be written before any is: switch it on, then “Save, and look first” at the end"
        " of this form. The run that would write the first ones is held until somebody approves its plan, as long as"
        " first runs are held."
    ),
}
"""What is said beneath the title of a part."""

PLACES = {
    "Note": _("Note"),
    "DeliveryCustomerName": _("Name at the delivery address"),
    "ElectronicReference": _("Electronic reference"),
    "Delivery": _("Delivery address"),
}
"""Places in accounting that a field can be given."""

VALUES = {
    "ask": _("Ask a person"),
    "register": _("The register wins"),
    "accounting": _("Accounting wins"),
    "newest": _("The newest wins (asks, where accounting keeps no time per field)"),
    "fill": _("Empty ones, and those that syncd wrote"),
    "always": _("All of them"),
    "responsible": _("The responsible technician"),
    "all": _("Everybody assigned"),
    "deactivate": _("It is deactivated"),
    "delete": _("It is deleted, where accounting allows it"),
    "keep": _("It is kept"),
    "both": _("Both ways"),
    "to_accounting": _("Register → accounting"),
    "from_accounting": _("Accounting → register"),
    "off": _("Not synchronised"),
}
"""What each word of a closed list means."""
