"""A submission's own XML -> the nested record that OData gives for answers of the form's present version.

OData knows the questions of the newest form only: what an older phone or an earlier version of an answer says stands in the XML.
"""

from collections.abc import Mapping
from typing import Any

from lxml import etree

from pipelines.collect.service import StrangeError


def read_xml(content: bytes, repeats: frozenset[str]) -> dict[str, Any]:
    """Questions by name, groups as mappings, groups named in `repeats` as lists however often they were answered.

    Values are text. Raises StrangeError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise StrangeError("ODK Central 给的答卷 XML 读不出来") from None
    return _children(root, repeats)


def repeats_in(row: Any) -> frozenset[str]:
    """Names of the groups that a row of OData holds as lists."""
    found: set[str] = set()
    for name, value in row.items() if isinstance(row, Mapping) else ():
        if isinstance(value, list):
            found |= {name, *(inner for one in value for inner in repeats_in(one))}
        else:
            found |= repeats_in(value)
    return frozenset(found)


def _children(element: Any, repeats: frozenset[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = etree.QName(child).localname
        value = _children(child, repeats) if len(child) else (child.text or None)
        if name in repeats:
            found.setdefault(name, []).append(value if isinstance(value, dict) else {})
        elif name in found:
            several = found[name] if isinstance(found[name], list) else [found[name]]
            found[name] = [*several, value]
        else:
            found[name] = value
    return found
