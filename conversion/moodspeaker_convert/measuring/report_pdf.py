"""A report as A4 pages, by matplotlib alone."""

from __future__ import annotations

import io
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from moodspeaker_convert import backends
from moodspeaker_convert.measuring import plots
from moodspeaker_convert.measuring.document import Table

if TYPE_CHECKING:
    from moodspeaker_convert.measuring.document import Document, Plot

PAGE = (8.27, 11.69)
LEFT, TOP, BOTTOM = 0.335, 0.6, 0.6
# Inches from line to line, of text and of table rows.
LEADING, ROW = 0.19, 0.235
# Letters that surely fit a line: of text, of the title, of a fact.
LINE_LETTERS, TITLE_LETTERS, FACT_LETTERS = 100, 40, 90
GAP = 0.35


@dataclass(slots=True)
class Pages:
    """Fills pages from the top; `place` is the distance from the page's top in inches."""

    figures: list[Any] = field(default_factory=list)
    place: float = PAGE[1]

    def room(self, height: float) -> Any:
        """The page that `height` inches still fit on."""
        if self.place + height > PAGE[1] - BOTTOM:
            self.figures.append(backends.imported("matplotlib.figure").Figure(PAGE))
            self.place = TOP
        return self.figures[-1]

    def text(self, words: str, x: float = LEFT, **look: Any) -> None:
        """Words at the place, which stays."""
        x, y = x / PAGE[0], 1 - self.place / PAGE[1]
        self.figures[-1].text(x, y, words, **({"va": "top", "fontsize": 9.5} | look))

    def paragraph(self, words: str, **look: Any) -> None:
        """Wrapped words, and the place moves below them."""
        for line in textwrap.wrap(words, LINE_LETTERS):
            self.room(LEADING)
            self.text(line, **look)
            self.place += LEADING
        self.place += LEADING / 2


def as_pdf(document: Document) -> bytes:
    """The pages as one PDF file."""
    content = io.BytesIO()
    with backends.imported("matplotlib").rc_context(plots.style()):
        pages = Pages()
        head(pages, document)
        for one in document.blocks:
            if isinstance(one, Table):
                table(pages, one)
            else:
                drawing(pages, one)
        save(pages, document.title, content)
    return content.getvalue()


def save(pages: Pages, title: str, content: io.BytesIO) -> None:
    """Writes the pages, each with its number."""
    pdf_pages = backends.imported("matplotlib.backends.backend_pdf").PdfPages
    with pdf_pages(content, metadata={"Title": f"{title}: evaluation"}) as file:
        for number, page in enumerate(pages.figures, 1):
            foot = f"{number} / {len(pages.figures)}"
            page.text(0.5, 0.3 / PAGE[1], foot, ha="center", fontsize=8, color=plots.MUTED)
            file.savefig(page)


def head(pages: Pages, document: Document) -> None:
    """Title, summary, large figures and facts."""
    pages.room(4)
    pages.text(document.subtitle, color=plots.MUTED)
    pages.place += 0.22
    for line in textwrap.wrap(document.title, TITLE_LETTERS):
        pages.text(line, fontsize=20, weight="bold")
        pages.place += 0.34
    pages.place += 0.21
    for words in document.summary:
        pages.paragraph(words)
    pages.place += 0.15
    cards(pages, document)
    facts(pages, document)
    pages.place += GAP


def facts(pages: Pages, document: Document) -> None:
    """A line a fact, more for a long one."""
    for name, value in document.facts:
        for number, line in enumerate(textwrap.wrap(value, FACT_LETTERS)):
            pages.room(LEADING)
            pages.text("" if number else name, fontsize=8.5, color=plots.MUTED)
            pages.text(line, LEFT + 1.25, fontsize=8.5)
            pages.place += LEADING


def cards(pages: Pages, document: Document) -> None:
    """The large figures, side by side."""
    pages.room(1)
    for index, one in enumerate(document.headlines):
        x, top = LEFT + index * plots.WIDTH / len(document.headlines), pages.place
        colour = plots.INK if index else plots.ACCENT
        for words, step, look in (
            (one.name, 0, {"fontsize": 8, "color": plots.MUTED}),
            (one.value, 0.17, {"fontsize": 15, "weight": "bold", "color": colour}),
            (one.note, 0.48, {"fontsize": 8, "color": plots.MUTED}),
        ):
            pages.place = top + step
            pages.text(words, x, **look)
        pages.place = top
    pages.place += 0.9


def heading(pages: Pages, one: Table | Plot, height: float) -> None:
    """The heading and caption of a block whose `height` must follow on the same page."""
    lines = len(textwrap.wrap(one.caption, LINE_LETTERS))
    pages.room(0.4 + (lines + 0.5) * LEADING + height)
    pages.text(one.heading, fontsize=13, weight="bold")
    pages.place += 0.3
    pages.paragraph(one.caption, color=plots.MUTED, fontsize=9)


def table(pages: Pages, one: Table) -> None:
    """Rows of text with a rule under each; numbers stand on their right edge."""
    heading(pages, one, ROW * (len(one.rows) + 1))
    rows = [(one.columns, {"color": plots.MUTED, "fontsize": 8})]
    rows += [(row, {"fontsize": 9}) for row in one.rows]
    step = plots.WIDTH / len(one.columns)
    for texts, look in rows:
        for column, words in enumerate(texts):
            number = column >= one.words
            x = LEFT + step * (column + number)
            pages.text(words, x, ha="right" if number else "left", **look)
        pages.place += ROW
        rule(pages)
    pages.place += GAP


def rule(pages: Pages) -> None:
    """A thin line over the page, just above the place."""
    y = 1 - (pages.place - 0.055) / PAGE[1]
    ends = (LEFT / PAGE[0], (LEFT + plots.WIDTH) / PAGE[0])
    line = backends.imported("matplotlib.lines").Line2D
    pages.figures[-1].add_artist(line(ends, (y, y), color=plots.LINE, linewidth=0.5))


def drawing(pages: Pages, plot: Plot) -> None:
    """A plot over the width of the page."""
    heading(pages, plot, plot.height)
    plot.draw(part_of(pages.figures[-1], pages.place, plot.height))
    pages.place += plot.height + GAP


def part_of(page: Any, top: float, height: float) -> Any:
    """A figure within the page, inches from its top, with room for words around its axes."""
    right, below = PAGE[0] - LEFT - plots.WIDTH, PAGE[1] - top - height
    grid = page.add_gridspec(
        3, 3, width_ratios=(LEFT, plots.WIDTH, right), height_ratios=(top, height, below)
    )
    part = page.add_subfigure(grid[1, 1])
    part.subplots_adjust(
        left=0.1, right=0.985, bottom=0.48 / height, top=1 - 0.27 / height, hspace=0.3, wspace=0.16
    )
    return part
