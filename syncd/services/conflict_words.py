"""Conflicts in the words of those who answer them, in their language: for files and mails."""

from __future__ import annotations

from syncd.register.language import Text

KINDS: dict[str, Text] = {
    "field": Text("The two sides differ", "Sidorna skiljer sig åt"),
    "identity": Text("One customer or two?", "En kund eller två?"),
    "possible_duplicate": Text("Probable duplicate", "Trolig dubblett"),
    "duplicate_number": Text("One number on two customers", "Ett nummer på två kunder"),
    "does_not_fit": Text("Does not fit in accounting", "Får inte plats i bokföringen"),
    "unknown_reference": Text("Unknown reference", "Okänd referens"),
    "missing_in_accounting": Text("Gone in accounting", "Borta i bokföringen"),
    "number_taken": Text("The number is taken", "Numret är upptaget"),
    "cannot_renumber": Text("The number cannot be changed", "Numret kan inte ändras"),
    "rejected": Text("Refused by accounting", "Avvisad av bokföringen"),
    "number_not_allowed": Text("The number is not allowed", "Otillåtet nummer"),
    "no_number": Text("Customer without a number", "Kund utan nummer"),
}
"""Every kind of conflict."""

STATUSES: dict[str, Text] = {
    "open": Text("Open", "Öppen"),
    "resolved": Text("Answered", "Besvarad"),
    "closed": Text("Closed by itself", "Stängd av sig själv"),
}

ANSWERS: dict[str, Text] = {
    "register": Text("The register's value", "Registrets värde"),
    "accounting": Text("Accounting's value", "Bokföringens värde"),
    "value": Text("Another value", "Ett annat värde"),
    "same": Text("One customer", "En kund"),
    "different": Text("Two customers", "Två kunder"),
    "link": Text("One customer: link", "En kund: länka"),
    "create": Text("Two customers: create", "Två kunder: skapa"),
    "accounting_only": Text("Another value in accounting only", "Ett annat värde bara i bokföringen"),
    "skip": Text("No reference", "Ingen referens"),
    "create_again": Text("Create again", "Skapa på nytt"),
    "deactivate": Text("Deactivate", "Inaktivera"),
    "unlink": Text("End the link", "Avsluta länken"),
    "revert": Text("Put the old number back", "Återställ det gamla numret"),
}
"""Every answer."""
