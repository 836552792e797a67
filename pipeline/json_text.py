"""JSON of strangers."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["parse_json"]


def parse_json(content: str | bytes) -> Any:
    """What a JSON text says.

    Raises:
        ValueError: it is no JSON, or nested thousands of levels deep.
    """
    try:
        return json.loads(content)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
