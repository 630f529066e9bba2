"""A large library is not searched for rubbish."""

from __future__ import annotations

import gc

import pytest

from moodspeaker.runtime.collector import nothing_collected


def test_nothing_is_collected_in_the_block_and_what_it_made_is_never_looked_through() -> None:
    before = gc.get_freeze_count()
    try:
        with nothing_collected():
            assert not gc.isenabled()
            made = [[n] for n in range(1000)]
        assert gc.isenabled()
        assert gc.get_freeze_count() >= before + len(made)
    finally:
        gc.unfreeze()


def test_an_error_in_the_block_leaves_it_switched_on() -> None:
    with pytest.raises(RuntimeError), nothing_collected():
        raise RuntimeError
    assert gc.isenabled()
    gc.unfreeze()
