"""What both sides speak about: canonical fields and groups, equality, capabilities and records."""
