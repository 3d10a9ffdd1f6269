"""The console as it is there in production: served by `syncd daemon`, entered with what `syncd init` printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.daemons import Daemon
from tests.web.site import Browser

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Shell


def test_the_first_login_takes_the_printed_password_and_asks_for_another(shell: Shell, tmp_path: Path) -> None:
    """Once for `syncd init`, and again for a password that `syncd user password` printed; sessions of before end."""
    made = shell.ok("init", "--config", "syncd.toml", "--group", "Bolaget", "--admin", "eva").out
    printed = made.partition("shown only here: ")[2].split()[0]
    with Daemon(tmp_path):
        browser = Browser(shell.ok("status", "--json").json["daemon"]["web"], {})
        page = browser.log_in("eva", printed)
        assert page.path == "/password"
        page = browser.submit(page, "/password", old=printed, new="ett eget lösenord", again="ett eget lösenord")
        assert "Overview" in page.text

        again = shell.ok("user", "password", "eva").out.strip()
        assert browser.get("/").path == "/login"
        assert browser.log_in("eva", again).path == "/password"
        browser.client.close()
