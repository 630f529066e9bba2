"""The one thread that reads tags and owns the label store's connection."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

P = ParamSpec("P")
T = TypeVar("T")

CLOSE_LIMIT_S = 2.0


class LibraryWorker:
    """Does one thing after the other, in the order asked, away from the event loop."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="library")

    async def do(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `call` returns or raises, once all that was asked before is done."""
        return await asyncio.wrap_future(self._pool.submit(call, *args, **kwargs))

    def send(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """The same without waiting for it."""
        return self._pool.submit(call, *args, **kwargs)

    async def close(self) -> None:
        """What was sent is done first, for `CLOSE_LIMIT_S` at most. May be called again."""
        try:
            async with asyncio.timeout(CLOSE_LIMIT_S):
                await self.do(int)
        except (TimeoutError, RuntimeError):
            # RuntimeError: it was closed before.
            pass
        self._pool.shutdown(wait=False, cancel_futures=True)
