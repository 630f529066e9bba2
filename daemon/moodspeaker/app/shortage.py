"""What the library lacks to play to a mood, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodspeaker.app.speaker import OK

if TYPE_CHECKING:
    from moodspeaker.config.schema import MpdSection
    from moodspeaker.types import TrackTable


def shortages(tracks: TrackTable, mpd: MpdSection) -> dict[str, str]:
    """By part: `ok`, or what is missing. Without a track there is nothing to label."""
    where = f"MPD at {mpd.host}:{mpd.port}"
    library = labels = OK
    if not tracks:
        library = f"{where} knows no track, nothing can play (add music, then run: mpc update)"
    elif not tracks.labelled:
        labels = (
            f"none of the {len(tracks)} tracks of {where} has a label, so any of them plays"
            " (run: moodspeaker library scan)"
        )
    return {"library": library, "labels": labels}
