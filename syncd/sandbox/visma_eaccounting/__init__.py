"""A faithful simulator of Visma eAccounting's API v2 and its identity server."""
