"""A code that a telephone reads, as a picture of squares."""

from __future__ import annotations

from qrcode.main import QRCode

_MARGIN = 4


def qr_code(text: str) -> str:
    """An SVG of the QR code of ``text``: black on white in every theme, so that it can be read."""
    code = QRCode(border=_MARGIN)
    code.add_data(text)
    rows = code.get_matrix()
    squares = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    size = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="220" '
        f'height="220" shape-rendering="crispEdges" aria-hidden="true" focusable="false">'
        f'<rect width="{size}" height="{size}" fill="#fff"/>'
        f'<path d="{squares}" fill="#000"/></svg>'
    )
