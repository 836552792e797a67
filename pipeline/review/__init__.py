"""Seeing, hearing and correcting a timed episode: the page, its server, corrections that last."""
