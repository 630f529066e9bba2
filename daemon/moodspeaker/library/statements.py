"""The label store's SQL, and its rows turned into records and back. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moodspeaker.library.records import (
    Analysis,
    Estimate,
    Feedback,
    Liking,
    QueuedTrack,
    Stamp,
    StoredTrack,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

Row = tuple[Any, ...]
BETWEEN_MOODS = ";"

ALL_TRACKS = (
    "SELECT uri, title, artist, album, genre, year, bpm, moods, mtime_ns, size, reader, gone_since"
    " FROM tracks ORDER BY uri"
)
ONE_TRACK = (
    "SELECT uri, title, artist, album, genre, year, bpm, moods, mtime_ns, size, reader, gone_since"
    " FROM tracks WHERE uri = ?"
)
PUT_TRACK = (
    "INSERT OR REPLACE INTO tracks (uri, title, artist, album, genre, year, bpm, moods,"
    " mtime_ns, size, reader, gone_since, seen_scan) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
ALL_ESTIMATES = (
    "SELECT uri, source, valence, arousal, valence_sd, arousal_sd, detail, model"
    " FROM estimates ORDER BY uri, source"
)
ESTIMATES_OF = (
    "SELECT uri, source, valence, arousal, valence_sd, arousal_sd, detail, model"
    " FROM estimates WHERE uri = ? ORDER BY source"
)
PUT_ESTIMATE = (
    "INSERT OR REPLACE INTO estimates"
    " (uri, source, valence, arousal, valence_sd, arousal_sd, detail, model)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
ALL_FEATURES = "SELECT uri, columns FROM features ORDER BY uri"
PUT_FEATURES = "INSERT OR REPLACE INTO features (uri, columns) VALUES (?, ?)"
ALL_ANALYSES = "SELECT uri, mtime_ns, size, model, problem FROM analyses ORDER BY uri"
PUT_ANALYSIS = (
    "INSERT OR REPLACE INTO analyses (uri, mtime_ns, size, model, problem) VALUES (?, ?, ?, ?, ?)"
)
ADD_QUEUED = "INSERT INTO history (uri, artist, queued_at, mood, outcome) VALUES (?, ?, ?, ?, ?)"
HISTORY_SINCE = (
    "SELECT uri, artist, queued_at, mood, outcome FROM history WHERE queued_at >= ?"
    " ORDER BY queued_at, id"
)
ADD_FEEDBACK = (
    "INSERT INTO feedback (uri, mood, kind, weight, at, undone) VALUES (?, ?, ?, ?, ?, ?)"
)
ALL_FEEDBACK = "SELECT uri, mood, kind, weight, at, undone, id FROM feedback ORDER BY at, id"
FEEDBACK_ON = (
    "SELECT uri, mood, kind, weight, at, undone, id FROM feedback WHERE uri = ? ORDER BY at, id"
)


def read_track(row: Row) -> StoredTrack:
    """A row of `ALL_TRACKS`."""
    uri, title, artist, album, genre, year, bpm, moods, mtime_ns, size, reader, gone_since = row
    words = tuple(word for word in moods.split(BETWEEN_MOODS) if word)
    stamp = Stamp(mtime_ns, size, reader)
    return StoredTrack(uri, title, artist, album, genre, year, bpm, words, stamp, gone_since)


def track_row(track: StoredTrack, scan: int) -> Row:
    """For `PUT_TRACK`."""
    plain = (track.uri, track.title, track.artist, track.album, track.genre, track.year, track.bpm)
    stamp = (track.stamp.mtime_ns, track.stamp.size, track.stamp.reader)
    return (*plain, BETWEEN_MOODS.join(track.moods), *stamp, track.gone_since, scan)


def read_estimate(row: Row) -> Estimate:
    """A row of `ALL_ESTIMATES`."""
    return Estimate(*row)


def estimate_row(estimate: Estimate) -> Row:
    """For `PUT_ESTIMATE`."""
    place = (estimate.valence, estimate.arousal, estimate.valence_sd, estimate.arousal_sd)
    return (estimate.uri, str(estimate.source), *place, estimate.detail, estimate.model)


def read_features(row: Row) -> tuple[str, dict[str, float]]:
    """A row of `ALL_FEATURES`: uri, and the columns by name."""
    uri, columns = row
    return uri, json.loads(columns)


def features_row(uri: str, columns: Mapping[str, float]) -> Row:
    """For `PUT_FEATURES`."""
    return uri, json.dumps(columns)


def read_analysis(row: Row) -> Analysis:
    """A row of `ALL_ANALYSES`."""
    return Analysis(*row)


def analysis_row(done: Analysis) -> Row:
    """For `PUT_ANALYSIS`."""
    return done.uri, done.mtime_ns, done.size, done.model, done.problem


def read_queued(row: Row) -> QueuedTrack:
    """A row of `HISTORY_SINCE`."""
    return QueuedTrack(*row)


def queued_row(queued: QueuedTrack) -> Row:
    """For `ADD_QUEUED`."""
    return (queued.uri, queued.artist, queued.queued_at, queued.mood, queued.outcome)


def read_feedback(row: Row) -> Feedback:
    """A row of `ALL_FEEDBACK`."""
    uri, mood, kind, weight, at, undone, number = row
    return Feedback(uri, mood, Liking(kind), weight, at, bool(undone), number)


def feedback_row(said: Feedback) -> Row:
    """For `ADD_FEEDBACK`."""
    return (said.uri, said.mood, str(said.kind), said.weight, said.at, said.undone)
