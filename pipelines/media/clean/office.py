"""Office files in zips (docx, xlsx, pptx, odt and their like): properties, authors of comments and changes, users' names and
folders go; texts stay, and pictures inside are cleaned as pictures are."""

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import lxml.etree

from pipelines.ground.settings import Settings
from pipelines.media.clean.pieces import BROKEN, SHUT, SIGNED, UNKNOWN, Cleaned, Cut, Unclean, joined
from pipelines.media.clean.zipped import replace_members
from pipelines.read.open.package import Package, is_over, open_zip, parse_xml

PROPERTIES, AUTHORS, FOLDERS, INSIDE = (
    "文件属性（作者、修改者、单位、主管等）", "批注和修订的作者", "本机文件夹的路径和用户名", "内嵌图片和文件里的这些信息",
)  # fmt: skip
SOMEBODY = "作者"
"""Stands in the place of whoever commented or changed: programs want one."""
Clean = Callable[[bytes, str], Cleaned]
_PROPERTIES = re.compile(r"docprops/.*\.xml|.*\.psmdcp|docmetadata/.*\.xml|meta\.xml|word/people\.xml")
_MEDIA = re.compile(
    r"(?:word|xl|ppt)/(?:media|embeddings)/.*|docprops/thumbnail\.\w+|thumbnails/.*|pictures/.*"
)
_SIGNATURE = re.compile(r"_xmlsignatures/.*|meta-inf/documentsignatures\.xml|.*/signatures\.xml")
_XML = re.compile(r".*\.(?:xml|rels)")
_MAY_NAME = re.compile(
    rb"author|initials|userName|refreshedBy|userId|displayName|cmAuthor|absPath|creator|External", re.I
)
"""Letters without which a part is not parsed."""
_ATTRIBUTES = {
    (None, "author"): SOMEBODY, (None, "initials"): "", (None, "userName"): "", (None, "refreshedBy"): "",
    ("cmAuthor", "name"): SOMEBODY, ("author", "name"): SOMEBODY, ("author", "userId"): "",
    ("person", "displayName"): SOMEBODY, ("person", "userId"): "", ("userInfo", "name"): SOMEBODY,
}  # fmt: skip
_ELEMENTS = frozenset({"creator", "creator-initials", "sender-initials"})
"""Of comments and changes in an OpenDocument file."""


def clean_office(content: bytes, settings: Settings, clean: Clean) -> Cleaned:
    """Raises Unclean where it is signed, shut, too large, or an XML part of it is broken."""
    archive = open_zip(content)
    package = Package(archive)
    if not package.parts.keys() & {"[content_types].xml", "content.xml", "ofd.xml"}:
        raise Unclean(UNKNOWN, is_held=False)
    if any(map(_SIGNATURE.fullmatch, package.parts)):
        raise Unclean(SIGNED, is_held=False)
    if any(info.flag_bits & 1 for info in archive.infolist()):
        raise Unclean(SHUT)
    if "meta-inf/manifest.xml" in package and b"encryption-data" in package.read("meta-inf/manifest.xml"):
        raise Unclean(SHUT)
    if is_over(package.inflated, len(content), settings):
        raise Unclean(BROKEN)
    cut, changed, left = Cut(), {}, 0
    for key, info in package.parts.items():
        is_inside = bool(_MEDIA.fullmatch(key))
        if not (is_inside or _XML.fullmatch(key)):
            continue
        part = archive.read(info)
        found = _inside(part, info.filename, clean) if is_inside else _clean_part(key, part)
        left += found.state == "held"
        if found.state == "removed":
            changed[info.filename] = joined(part, found.pieces)
            for what in found.removed:
                cut.drop(what)
    if not changed:
        return Cleaned("none", why=left_inside(left))
    replace_members(content, _each_once(archive, package), changed, cut)
    return Cleaned("removed", cut.removed, cut.pieces, left_inside(left))


def left_inside(left: int) -> str:
    """What is said of so many files inside that could not be cleaned."""
    return f"内嵌的 {left} 个图片或文件打不开，它们里面的没有去除" if left else ""


def _each_once(archive: zipfile.ZipFile, package: Package) -> Iterator[zipfile.ZipInfo]:
    """A member that another one of its name shadows is no part."""
    kept = {id(info) for info in package.parts.values()}
    return (info for info in archive.infolist() if id(info) in kept)


def _inside(content: bytes, name: str, clean: Clean) -> Cleaned:
    found = clean(content, name)
    return Cleaned("removed", [INSIDE], found.pieces) if found.state == "removed" else found


def _clean_part(key: str, content: bytes) -> Cleaned:
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    is_about = bool(_PROPERTIES.fullmatch(key))
    if not (is_about or is_wide or _MAY_NAME.search(content)):
        return Cleaned("none")
    root = parse_xml(content)
    cut = Cut()
    if is_about:
        if len(root) or (root.text or "").strip():
            cut.drop(AUTHORS if key == "word/people.xml" else PROPERTIES)
            root.clear()
    else:
        _clean_tree(root, key, cut)
    if cut.removed:
        cut.put(
            lxml.etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True, standalone=True)
        )
    return cut.done()


@dataclass(frozen=True)
class _Named:
    """An element by its local name, with its attributes by theirs."""

    element: lxml.etree._Element
    name: str


def _clean_tree(root: lxml.etree._Element, key: str, cut: Cut) -> None:
    elements = [_Named(one, lxml.etree.QName(one).localname) for one in root.iter("*")]
    names: set[str] = set()
    for one in elements:
        for attribute, value in one.element.attrib.items():
            local = lxml.etree.QName(attribute).localname
            new = _ATTRIBUTES.get((one.name, local), _ATTRIBUTES.get((None, local)))
            if new is not None and value and value != new:
                one.element.set(attribute, new)
                cut.drop(AUTHORS)
        if one.name == "absPath" and one.element.get("url"):
            one.element.set("url", "")
            cut.drop(FOLDERS)
        elif one.name == "Relationship" and _names_folder(one.element):
            one.element.set("Target", re.split(r"[/\\]|%5C", one.element.get("Target", ""), flags=re.I)[-1])
            cut.drop(FOLDERS)
        elif _is_name(one.name, key) and (text := (one.element.text or "").strip()) not in ("", SOMEBODY):
            names.add(text)
            one.element.text = SOMEBODY
            cut.drop(AUTHORS)
    if "comments" in key:
        _clean_beginnings(elements, names)


def _is_name(name: str, key: str) -> bool:
    """Whether an element's text is the name of whoever made or commented this file; a book that it cites has an author too."""
    is_told = "comments" in key or key == "ofd.xml"
    return name in _ELEMENTS or (is_told and name in ("author", "Author", "Creator"))


def _names_folder(relationship: lxml.etree._Element) -> bool:
    target = relationship.get("Target", "")
    is_local = re.match(r"file:|[A-Za-z]:[\\/]|\\\\", target, re.I)
    return relationship.get("TargetMode", "").lower() == "external" and is_local is not None


def _clean_beginnings(elements: list[_Named], names: set[str]) -> None:
    """Excel begins a comment with its author's name and a colon."""
    for one in elements:
        text = one.element.text or ""
        for name in names:
            if one.name == "t" and re.match(re.escape(name) + "[:：]", text.strip()):
                one.element.text = text.replace(name, SOMEBODY, 1)
