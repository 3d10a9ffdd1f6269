"""The customer register's rules as values and functions: no storage, no vendor words."""
