"""The timed episode to files: one module a format."""
