"""`python -m moodspeaker`."""

from __future__ import annotations

import sys

from moodspeaker.cli.main import main

sys.exit(main())
