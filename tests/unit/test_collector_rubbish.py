"""What was rubbish before a large library came is not kept for ever."""

from __future__ import annotations

import gc
import weakref

from moodspeaker.runtime.collector import nothing_collected


class Knot:
    """Held by itself alone."""

    def __init__(self) -> None:
        self.me = self


def test_rubbish_from_before_is_gone() -> None:
    gc.disable()
    try:
        rubbish = weakref.ref(Knot())
        assert rubbish() is not None
        with nothing_collected():
            pass
        assert rubbish() is None
    finally:
        gc.enable()
        gc.unfreeze()
