"""A report as one HTML page that loads nothing: styles and drawings are inside."""

from __future__ import annotations

import io
import re
from html import escape as plain
from typing import TYPE_CHECKING

from moodspeaker_convert import backends
from moodspeaker_convert.measuring import plots
from moodspeaker_convert.measuring.document import Table
from moodspeaker_convert.measuring.report_style import STYLE

if TYPE_CHECKING:
    from moodspeaker_convert.measuring.document import Document, Plot

COLOURS = {
    plots.INK: "ink",
    plots.MUTED: "muted",
    plots.LINE: "line",
    plots.ACCENT: "accent",
    plots.ON_ACCENT: "on-accent",
}
# What matplotlib writes around a drawing: document parts, and links that only say who drew it.
AROUND = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|<style.*?</style>", re.S)
SPACES = re.compile(r' xmlns(:\w+)?="[^"]*"')
NUMBERED = re.compile(r' id="(?:figure|subfigure|axes|patch|line2d|text|xtick|ytick|legend|'
                      r'matplotlib\.axis|PathCollection|LineCollection)_\d+"')  # fmt: skip
SIZE = re.compile(r'<svg width="[\d.]+pt" height="[\d.]+pt"')
FAMILY = re.compile(r"font-family: [^;\"]*|(?<=font: )((?:bold )?[\d.]+px) [^;\"]*")


def as_html(document: Document) -> bytes:
    """The page, UTF-8."""
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{escape(document.title)}: evaluation</title>",
            f"<style>{STYLE}</style>\n</head>\n<body>\n<main>",
            head(document),
            *(table(one) if isinstance(one, Table) else figure(one) for one in document.blocks),
            "</main>\n</body>\n</html>\n",
        ]
    ).encode()


def head(document: Document) -> str:
    """Title, summary, large figures and facts."""
    cards = "".join(
        f"<div><dt>{escape(one.name)}</dt><dd>{escape(one.value)}"
        f"<small>{escape(one.note)}</small></dd></div>"
        for one in document.headlines
    )
    facts = "".join(f"<dt>{escape(a)}</dt><dd>{escape(b)}</dd>" for a, b in document.facts)
    return "\n".join(
        [
            f"<header><p>{escape(document.subtitle)}</p><h1>{escape(document.title)}</h1></header>",
            '<section class="summary"><h2>Summary</h2>',
            *(f"<p>{escape(text)}</p>" for text in document.summary),
            f'<dl class="cards">{cards}</dl>',
            f'<dl class="facts">{facts}</dl></section>',
        ]
    )


def table(one: Table) -> str:
    """A section with a table; numbers stand on their right edge."""
    kinds = ["" if n < one.words else ' class="n"' for n in range(len(one.columns))]
    heads = "".join(
        f'<th scope="col"{kind}>{escape(text)}</th>'
        for kind, text in zip(kinds, one.columns, strict=True)
    )
    rows = "\n".join(f"<tr>{cells(row, kinds)}</tr>" for row in one.rows)
    return (
        f"<section><h2>{escape(one.heading)}</h2><p>{escape(one.caption)}</p>"
        f'<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>\n{rows}\n'
        "</tbody></table></div></section>"
    )


def cells(row: tuple[str, ...], kinds: list[str]) -> str:
    """A row's cells; the first is its heading."""
    first, *others = row
    texts = (f"<td{kind}>{escape(text)}</td>" for kind, text in zip(kinds[1:], others, strict=True))
    return f'<th scope="row">{escape(first)}</th>{"".join(texts)}'


def figure(plot: Plot) -> str:
    """A section with a drawing."""
    return (
        f"<section><h2>{escape(plot.heading)}</h2><p>{escape(plot.caption)}</p>"
        f'<div class="wide">{svg(plot)}</div></section>'
    )


def svg(plot: Plot) -> str:
    """The drawing as an element of the page, in the page's colours and letters."""
    content = io.BytesIO()
    with backends.imported("matplotlib").rc_context(plots.style()):
        drawn = backends.imported("matplotlib.figure").Figure(
            (plots.WIDTH, plot.height), layout="constrained"
        )
        plot.draw(drawn)
        drawn.savefig(content, format="svg", metadata={"Date": None})
    text = AROUND.sub("", content.getvalue().decode())
    text = NUMBERED.sub("", SPACES.sub("", text)).replace("xlink:href", "href")
    for colour, name in COLOURS.items():
        text = text.replace(colour, f"var(--{name})")
    text = FAMILY.sub(lambda found: f"{found[1]} var(--sans)" if found[1] else "", text)
    return SIZE.sub(f'<svg role="img" aria-label="{escape(plot.heading)}"', text.strip())


def escape(text: str) -> str:
    """Text for the page; a number keeps its percent sign on its line."""
    return plain(text).replace(" %", "&nbsp;%")
