"""`python daemon run` and `python -m daemon run`, from a checkout."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from moodspeaker.cli.main import main

sys.exit(main())
