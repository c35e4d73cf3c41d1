"""The words in a PDF's metadata by which others know it for Factur-X.

Typst writes no metadata of our own. Its packet is a plain stream near the end of the file and its
table of offsets is plain too, so the words are put in directly: reading and writing the whole
file anew would take a third of the time of making it.
"""

from __future__ import annotations

import re
from typing import Final

from tenure.billing.documents.facturx import FILE_NAME

_NAMESPACE: Final = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"

_PROPERTIES: Final = (
    ("DocumentFileName", FILE_NAME, "The name of the embedded XML document"),
    ("DocumentType", "INVOICE", "The type of the hybrid document"),
    ("Version", "1.0", "The version of the standard of the embedded XML document"),
    ("ConformanceLevel", "EN 16931", "The profile of the embedded XML document"),
)

_SAID: Final = "".join(
    f'<fx:{name} xmlns:fx="{_NAMESPACE}">{value}</fx:{name}>' for name, value, _ in _PROPERTIES
).encode()

_DESCRIBED: Final = (
    '<rdf:li rdf:parseType="Resource">'
    "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
    f"<pdfaSchema:namespaceURI>{_NAMESPACE}</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>fx</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>"
    + "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        "<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{what}</pdfaProperty:description></rdf:li>"
        for name, _, what in _PROPERTIES
    )
    + "</rdf:Seq></pdfaSchema:property></rdf:li>"
).encode()

_PACKET: Final = re.compile(
    rb"<</Length (?P<length>\d+)/Type/Metadata/Subtype/XML>>\nstream\n(?=<\?xpacket)"
)
_SCHEMAS: Final = b"<pdfaExtension:schemas><rdf:Bag>"
_END: Final = re.compile(rb"startxref\n(?P<at>\d+)\n%%EOF\s*$")
_OFFSET: Final = re.compile(rb"(?P<at>\d{10}) (?P<rest>\d{5} n)")


def say_facturx(pdf: bytes) -> bytes:
    """``pdf``, as Typst wrote it, with the XMP properties of Factur-X and their schema.

    Raises ``ValueError`` for a file of another build.
    """
    packet, end = _PACKET.search(pdf), _END.search(pdf)
    if packet is None or end is None:
        raise ValueError("This is no PDF/A as Typst writes it.")
    start, table = packet.end(), int(end["at"])
    stop = start + int(packet["length"])
    said = pdf[start:stop].replace(_SCHEMAS, _SAID + _SCHEMAS + _DESCRIBED, 1)
    if len(said) == stop - start:
        raise ValueError("This metadata describes no schemas.")
    head = b"<</Length %d/Type/Metadata/Subtype/XML>>\nstream\n" % len(said)
    moved = len(head) + len(said) - (stop - packet.start())

    def shifted(entry: re.Match[bytes]) -> bytes:
        at = int(entry["at"])
        return b"%010d %b" % (at + moved if at > start else at, entry["rest"])

    return b"".join(
        (
            pdf[: packet.start()],
            head,
            said,
            pdf[stop:table],
            _OFFSET.sub(shifted, pdf[table : end.start()]),
            b"startxref\n%d\n%%%%EOF" % (table + moved),
        )
    )
