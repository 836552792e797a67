"""Many episodes: manifest → tasks → an engine's workers → records → summary."""
