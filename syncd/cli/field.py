"""`syncd field`: the group's own fields of its customers (R-25)."""

from __future__ import annotations

from syncd.cli.catalogue import commands
from syncd.register.custom_fields import CUSTOM_FIELDS

field = commands("field", CUSTOM_FIELDS, "Custom fields of customers, called custom.KEY everywhere.")
