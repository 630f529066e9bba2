"""The look of the HTML report, light and dark."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --ink: #1d2430; --muted: #5c6675; --line: #d5dae2;
  --faint: #f4f6f9; --paper: #ffffff; --accent: #0b66c3; --on-accent: #ffffff;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", sans-serif }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ebf0; --muted: #a3adbb; --line: #3a4350; --faint: #1b2129; --paper: #12161c;
    --accent: #62aef5; --on-accent: #0b1017 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 var(--sans) }
main { max-width: 56rem; margin: 0 auto; padding: 3rem 1.5rem 5rem }
header p { margin: 0; color: var(--muted) }
h1 { margin: .1rem 0 0; font-size: 2.1rem; line-height: 1.2; letter-spacing: -.02em;
  overflow-wrap: anywhere }
h2 { margin: 0; font-size: 1.2rem; letter-spacing: -.01em }
section { margin-top: 3rem }
section > p { margin: .35rem 0 1rem; max-width: 44rem; color: var(--muted) }
.summary { margin-top: 1.5rem }
.summary h2 { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
.summary > p { color: var(--ink); font-size: 1.06rem }
dl { margin: 0 }
dd { margin: 0 }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.2rem, 1fr)); gap: .75rem;
  margin: 1.75rem 0 }
.cards div { padding: .8rem .9rem; background: var(--faint); border-radius: .5rem }
.cards div:first-child { box-shadow: inset 0 3px 0 var(--accent) }
.cards dt { font-size: .82rem; color: var(--muted) }
.cards dd { font-size: 1.5rem; font-weight: 600; font-variant-numeric: tabular-nums;
  letter-spacing: -.02em; white-space: nowrap }
.cards small { display: block; font-size: .8rem; font-weight: 400; color: var(--muted);
  letter-spacing: 0 }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.25rem;
  font-size: .9rem }
.facts dt { color: var(--muted) }
.facts dd { overflow-wrap: anywhere }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: .92rem;
  font-variant-numeric: tabular-nums }
th, td { padding: .42rem .75rem; text-align: left; white-space: nowrap;
  border-bottom: 1px solid var(--line) }
th:first-child { padding-left: 0 }
th:last-child, td:last-child { padding-right: 0 }
thead th { font-weight: 500; color: var(--muted); font-size: .82rem }
tbody th { font-weight: 500 }
.n { text-align: right }
svg { display: block; width: 100%; height: auto; min-width: 34rem; font-family: var(--sans) }
svg * { stroke-linejoin: round; stroke-linecap: butt }
@media print { main { max-width: none; padding: 0 } section { break-inside: avoid } }
"""
