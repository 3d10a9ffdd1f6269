"""Registers from files (R-28): read, checked row by row, stored whole or not at all; and files that upload again."""
