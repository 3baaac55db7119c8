"""The parts of a Word document: files in a ZIP archive, which name one another by relations."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote
from zipfile import ZipFile, ZipInfo

from rag.readers.archive import unpacked

if TYPE_CHECKING:
    from lxml.etree import _Element


@dataclass(frozen=True)
class Relation:
    """What a part names.

    Attributes:
        kind: the last part of the relation's type, such as ``footnotes``.
        part: the name of the other part; empty for what is outside the document.
    """

    kind: str
    part: str


@dataclass(frozen=True)
class Package:
    """A document whose archive is open.

    Attributes:
        archive: its archive.
        members: the archive's members by their names in lower case, with ``/`` between folders.
        main: the name of the part with the text.
        relations: of that part, by their ids.
        properties: the name of the part with title and author; empty where there is none.
    """

    archive: ZipFile
    members: dict[str, ZipInfo]
    main: str
    relations: dict[str, Relation]
    properties: str

    def data(self, part: str) -> bytes:
        """Return the bytes of a part.

        Raises:
            ValueError: it is missing, encrypted, damaged or too large.
        """
        return unpacked(self.archive, _member(self.members, part))

    def root(self, part: str) -> _Element:
        """Return the root element of a part.

        Raises:
            ValueError: as :meth:`data`; or it is not XML.
        """
        return _parsed(self.data(part))

    def related(self, kind: str) -> _Element | None:
        """Return the root element of the part of a kind that the main part names.

        Programs that write documents forget relations; then it is the part that has the usual name.

        Raises:
            ValueError: it cannot be read.
        """
        named = [known.part for known in self.relations.values() if known.kind == kind]
        usual = posixpath.join(posixpath.dirname(self.main), f"{kind}.xml")
        part = next((part for part in [*named, usual] if part.lower() in self.members), None)
        return None if part is None else self.root(part)


def package_in(archive: ZipFile) -> Package:
    """Return the document in an archive.

    Raises:
        ValueError: it is damaged, or names no part with text.
    """
    members = {
        info.filename.replace("\\", "/").lstrip("/").lower(): info for info in archive.infolist()
    }
    top = _relations(archive, members, "").values()
    main = next((known.part for known in top if known.kind == "officeDocument"), "")
    properties = next((known.part for known in top if known.kind == "core-properties"), "")
    if not main:
        raise ValueError("it names no part with text")
    if properties.lower() not in members:
        properties = ""
    return Package(archive, members, main, _relations(archive, members, main), properties)


def _relations(archive: ZipFile, members: dict[str, ZipInfo], part: str) -> dict[str, Relation]:
    """Return the relations of a part, or of the whole document for an empty name."""
    folder, own = posixpath.split(part)
    info = members.get(posixpath.join(folder, "_rels", f"{own}.rels").lower())
    if info is None:
        return {}
    return {
        str(each.get("Id")): Relation(
            str(each.get("Type")).rpartition("/")[2],
            "" if each.get("TargetMode") == "External" else _target(folder, each),
        )
        for each in _parsed(unpacked(archive, info)).iterfind("{*}Relationship")
    }


def _target(folder: str, relation: _Element) -> str:
    target = unquote(str(relation.get("Target") or "")).replace("\\", "/")
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def _member(members: dict[str, ZipInfo], part: str) -> ZipInfo:
    info = members.get(part.lower())
    if info is None:
        raise ValueError("a part of it is missing")
    return info


def _parsed(data: bytes) -> _Element:
    from lxml import etree

    # The file may be from anyone: no entities are resolved, no network is used, and libxml2 ends at
    # 256 elements inside one another.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError("a part of it is not XML") from error
