"""`syncd article`: the register of articles (R-09)."""

from __future__ import annotations

from syncd.cli.catalogue import commands
from syncd.register.catalogues import ARTICLES

article = commands("article", ARTICLES, "Articles, which `syncd item` places on customers.")
