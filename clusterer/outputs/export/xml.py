"""XML that every parser accepts: only characters of XML 1.0, escaped by the library.

Source: Extensible Markup Language (XML) 1.0, section 2.2, https://www.w3.org/TR/xml/#charsets.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAKS = re.compile("[\t\n\r]+")
"""Parsers change these, in attributes to spaces."""


def characters(text: str) -> str:
    """Text on one line; what XML cannot hold becomes U+FFFD."""
    return _BREAKS.sub(" ", _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text))


def add(parent: ET.Element, tag: str, text: object = "", **attributes: str) -> ET.Element:
    """Append an element with its text and attributes, in the order given."""
    element = ET.SubElement(parent, tag, {k: characters(v) for k, v in attributes.items()})
    element.text = characters(str(text)) or None
    return element


def document(root: ET.Element, *, doctype: bool = True) -> bytes:
    """A whole file in UTF-8, indented; with or without the document type named as the root."""
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode")
    stated = f"<!DOCTYPE {root.tag}>\n" if doctype else ""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{stated}{body}\n'.encode()
