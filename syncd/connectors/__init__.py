"""The hands that talk to accounting systems: one package per vendor, strangers to each other."""
