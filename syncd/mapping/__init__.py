"""Canonical fields and each vendor's JSON, both ways, pure."""
