from __future__ import annotations

from tests.cli.conftest import empty_shell, prepared

__all__ = ["empty_shell", "prepared"]
