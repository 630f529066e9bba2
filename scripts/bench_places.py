"""How right tracks are placed: by their sound, by imported features, and by named rules.

    bench_places.py --data FOLDER [--networks]

Sound: cross-validation on rated songs (folds of whole songs, 10, seed 1), beside always saying the
mean; with the columns that a gain moves as well, which the speaker does not use. Features: the
share of tracks that lie where an editor's mood puts them. The features' weights were chosen partly
on those tracks, the rules' thresholds are a student project's.
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import replace
from pathlib import Path

from moodspeaker.music.plane import EMOTION_POINTS, Point
from moodspeaker.music.rules import emotions_by_rules
from moodspeaker.music.supplied import Features, features_of, supplied_point
from moodspeaker_convert.songs.cross_validation import Figures, cross_validate
from moodspeaker_convert.songs.networks import NetworkLearner
from moodspeaker_convert.songs.ridge import RidgeLearner
from moodspeaker_convert.songs.table import Ratings, read_songs

SEED = 1
FOLDS = 10
NETWORK_FOLDS = 5
EPOCHS = 20
RATINGS = Ratings(1.0, 9.0)
Rows = list[tuple[str, Features]]


def main() -> None:
    """Prints both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--networks", action="store_true", help="cnn1d and attention_lstm too")
    arguments = parser.parse_args()
    sound(arguments.data / "data" / "deam_features_va.csv", networks=arguments.networks)
    features(arguments.data / "data" / "spotify_moods_686.csv")


def sound(path: Path, *, networks: bool) -> None:
    """R2 and root mean squared error of both axes; ratings as -1..1."""
    plain, every = read_songs(path, RATINGS), read_songs(path, RATINGS, every_column=True)
    print(f"by sound, {len(plain.ids)} songs{'':<14}{'valence R2':>11}{'RMSE':>7}"
          f"{'arousal R2':>12}{'RMSE':>7}{'V with A':>10}")  # fmt: skip
    ridge = cross_validate(RidgeLearner(SEED), plain, FOLDS, SEED)
    row("always the mean", ridge, mean=True)
    row("ridge, level-free (used)", ridge)
    row("ridge, all columns of the table", cross_validate(RidgeLearner(SEED), every, FOLDS, SEED))
    for arch in ("cnn1d", "attention_lstm") if networks else ():
        learner = NetworkLearner(arch, EPOCHS, SEED)
        row(f"{arch}, level-free", cross_validate(learner, plain, NETWORK_FOLDS, SEED))
    print(f"listeners' own valence with arousal: {ridge.true_correlation:.2f}\n")


def row(name: str, figures: Figures, *, mean: bool = False) -> None:
    """One line of the first table."""
    cells = []
    for axis in (figures.valence, figures.arousal):
        cells += [0.0 if mean else axis.r2, axis.mean_rmse if mean else axis.rmse]
    echo = "" if mean else f"{figures.predicted_correlation:.2f}"
    print(f"{name:<33}{cells[0]:>11.3f}{cells[1]:>7.3f}{cells[2]:>12.3f}{cells[3]:>7.3f}{echo:>10}",
          flush=True)  # fmt: skip


def features(path: Path) -> None:
    """The share of the editor's tracks that lie in the editor's quadrant."""
    with path.open(newline="") as file:
        rows: Rows = [(line["mood"], features_of(line)) for line in csv.DictReader(file)]
    moods = [mood for mood, _ in rows]
    largest = max(moods.count(mood) for mood in set(moods)) / len(rows)
    print(f"by features, {len(rows)} tracks with an editor's mood: share in its quadrant")
    print(f"{'all columns (used)':<44}{share_right(rows):.3f}")
    pairs = [(mood, Features(valence=f.valence, energy=f.energy)) for mood, f in rows]
    print(f"{'valence and energy alone':<44}{share_right(pairs):.3f}")
    # The table has no column mode, without which two of five rules can never fire.
    for name, mode in (("as they are", None), ("without their test of mode", 1)):
        told, right = by_rules(rows, without_mode=mode is not None)
        print(f"{f'spotify_rules, {name}':<44}{right:.3f}  ({told:.3f} get an emotion at all)")
    print(f"{'the most frequent mood':<44}{largest:.3f}")


def share_right(rows: Rows) -> float:
    """By the place of the features."""
    points = [(mood, supplied_point(f)) for mood, f in rows]
    return sum(point is not None and fits(mood, point) for mood, point in points) / len(rows)


def by_rules(rows: Rows, *, without_mode: bool) -> tuple[float, float]:
    """(share with an emotion, share in the right quadrant), of all rows."""
    told = right = 0
    for mood, given in rows:
        emotions = emotions_by_rules(given) or (without_mode and either_mode(given)) or ()
        told += bool(emotions)
        right += any(fits(mood, EMOTION_POINTS[emotion]) for emotion in emotions)
    return told / len(rows), right / len(rows)


def either_mode(given: Features) -> tuple[str, ...]:
    """What the rules say where the test of mode counts as passed."""
    both = (emotions_by_rules(replace(given, mode=mode)) for mode in (0.0, 1.0))
    return tuple(emotion for emotions in both for emotion in emotions)


def fits(mood: str, point: Point) -> bool:
    """Whether a place suits the editor's mood; energetic and calm music may have any valence."""
    lively = point.arousal > 0 if mood in ("Happy", "Energetic") else point.arousal < 0
    pleasant = {"Happy": point.valence > 0, "Sad": point.valence < 0}.get(mood, True)
    return lively and pleasant


if __name__ == "__main__":
    main()
