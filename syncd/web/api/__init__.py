"""The JSON API for the service system that syncd is part of."""
