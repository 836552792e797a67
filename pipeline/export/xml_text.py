"""XML documents as text."""

from __future__ import annotations

from xml.etree import ElementTree

__all__ = ["to_text"]


def to_text(root: ElementTree.Element, doctype: str = "", *, indent: bool = True) -> str:
    """Render a document with its declaration; without `indent`, white space is left as it is."""
    if indent:
        ElementTree.indent(root)
    declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
    head = f"{declaration}{doctype}\n" if doctype else declaration
    return f"{head}{ElementTree.tostring(root, encoding='unicode')}\n"
