"""`python -m moodspeaker_convert`."""

import sys

from moodspeaker_convert.cli import main

sys.exit(main())
