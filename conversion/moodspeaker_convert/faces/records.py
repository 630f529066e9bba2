"""Pictures, labels and splits of a data set, row by row, whatever they were read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from moodspeaker_convert.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

USAGES = ("Training", "PublicTest", "PrivateTest")
CLASSES = 7
VOTES = 10
# The label of a row that shows none of the seven, such as contempt.
NO_LABEL = -1
# FER2013's pictures are this wide and high; CSV files and folders give the same.
SIDE = 48


@dataclass(frozen=True, slots=True)
class FaceData:
    """A data set, row by row.

    `images` u8[n,h,w]; `label` i8[n], an index into FER2013's seven labels or NO_LABEL; `usage`
    u8[n], an index into USAGES; `votes` u8[n,10] by FER+ taggers, None where there are none;
    `sha256` of the file, or of all files as `content_hash` tells.
    """

    images: NDArray[np.uint8]
    label: NDArray[np.int8]
    usage: NDArray[np.uint8]
    votes: NDArray[np.uint8] | None
    sha256: str

    def rows(self, split: str) -> NDArray[np.int64]:
        """The row numbers of a split. Raises DataError when there are none."""
        found = np.flatnonzero(self.usage == USAGES.index(split))
        if not len(found):
            raise DataError(f"the data has no {split} rows", "give a file that holds that split")
        return found
