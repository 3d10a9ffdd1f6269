"""Why a run is held, for people who read no English: by the codes of the brakes that stopped it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.register.language import Language

SWEDISH = {
    "first_run": "den första körningens plan väntar på att någon ser på den",
    "first_references": "vår referens slogs på: dess första plan väntar på att någon ser på den",
    "many_changes": "fler kunder skulle ändras än en körning får ändra på egen hand",
    "many_deactivations": "fler kunder skulle inaktiveras än en körning får inaktivera på egen hand",
    "mass_blanking": "fler kunder skulle förlora värden än en körning får tömma på egen hand",
    "all_changed": "samma fält skulle ändras på mer än hälften av kunderna",
    "empty_side": "den ena sidan är plötsligt tom",
    "halved_side": "den ena sidan har plötsligt förlorat hälften av sina kunder",
    "incomplete_listing": "bokföringen visade färre kunder än den säger sig ha",
    "records_vanished": "många länkade kunder finns inte längre i bokföringen",
    "mapping_changed": "fält synkroniseras inte längre som förut",
    "restored_database": "databasen är äldre än den senaste körningen: den återställdes från en säkerhetskopia",
    "wrong_company": "ett annat företag svarar än det som anslöts",
}


def reason(error: Mapping[str, Any], language: Language) -> tuple[str, bool]:
    """Return why, and whether that is in the reader's language."""
    codes = error.get("codes") or [error.get("code")]
    if language == "sv" and all(code in SWEDISH for code in codes):
        return "; ".join(SWEDISH[code] for code in codes), True
    return str(error.get("message")), language == "en"
