"""The wall's doors: what services ask of accounting systems and of the database. Protocols and plain records only."""

from syncd.ports.connector import Connector, TokenStore

__all__ = ["Connector", "TokenStore"]
