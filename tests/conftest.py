"""What all tests share."""

from __future__ import annotations

import os

from hypothesis import settings

# CI judges a change, so it tries the same examples each time; a developer's run looks for new ones.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("developer", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "developer")
