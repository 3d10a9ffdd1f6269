"""What people read in their own language: files and mails. The command line, logs and JSON keys stay English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, assert_never

Language = Literal["en", "sv"]
LANGUAGES: tuple[Language, ...] = ("en", "sv")


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in every language."""

    en: str
    sv: str

    def to(self, language: Language) -> str:
        """Return the words in one language."""
        match language:
            case "en":
                return self.en
            case "sv":
                return self.sv
            case _:
                assert_never(language)
