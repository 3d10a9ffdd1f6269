"""Differences that the interpreter finds are told in full."""
