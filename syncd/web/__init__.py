"""What answers over HTTP: parse, call a service, answer. No rule lives here."""
