"""`syncd discount`: the register of discount letters (R-08)."""

from __future__ import annotations

from syncd.cli.catalogue import commands
from syncd.register.catalogues import DISCOUNT_LETTERS

discount = commands(
    "discount", DISCOUNT_LETTERS, "Discount letters, which customers select by discount_letters=CODE,CODE."
)
