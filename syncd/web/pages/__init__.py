"""The admin console: web pages for an office, made on the server, that need no JavaScript."""
