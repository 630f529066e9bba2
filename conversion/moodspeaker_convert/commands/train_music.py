"""`train-music`: learns valence and arousal from the sound of rated songs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker_convert.commands.arguments import at_least, not_negative, positive, subcommand
from moodspeaker_convert.errors import ToolkitError

if TYPE_CHECKING:
    import argparse

    from moodspeaker_convert.commands.arguments import Subcommands
    from moodspeaker_convert.songs.cross_validation import AxisFigures, Figures
    from moodspeaker_convert.songs.learner import SongLearner
    from moodspeaker_convert.songs.table import Songs

WHAT = "learn valence and arousal from the sound of rated songs"
# Written out because the modules that know them are heavy.
ARCHITECTURES = {
    "ridge": "the speaker's own, a .json file",
    "cnn1d": "convolutions of 32 and 64 filters over the features",
    "attention_lstm": "LSTMs of 64 and 32 units over the features",
    "mel_cnn": "convolutions on the spectrograms of --audio",
}


def add_to(subcommands: Subcommands) -> None:
    """Declares the options."""
    command = subcommand(subcommands, "train-music", WHAT, run)
    command.add_argument(
        "--data", type=Path, required=True,
        help="CSV with valence_mean, arousal_mean and librosa's statistics of each song",
    )  # fmt: skip
    command.add_argument("--out", type=Path, required=True, help="ridge: .json; others: .keras")
    known = "; ".join(f"{name}: {what}" for name, what in ARCHITECTURES.items())
    command.add_argument(
        "--arch", default="ridge", choices=tuple(ARCHITECTURES), metavar="NAME", help=known
    )
    command.add_argument(
        "--inputs", default="level-free", choices=("level-free", "all"),
        help="what a gain does not move, or every column (not for ridge)",
    )  # fmt: skip
    command.add_argument("--audio", type=Path, help="mel_cnn: folder of SONG_ID.mp3 and the like")
    command.add_argument(
        "--scale", type=float, nargs=2, default=(1.0, 9.0), metavar=("LOW", "HIGH"),
        help="lowest and highest rating",
    )  # fmt: skip
    command.add_argument("--folds", type=two_or_more, default=10, help="of the cross-validation")
    command.add_argument("--epochs", type=positive, default=20, help="of the networks")
    command.add_argument("--seed", type=not_negative, default=1, help="of folds and weights")
    command.add_argument("--json", action="store_true", help="print the figures as JSON")


def run(options: argparse.Namespace) -> None:
    """Cross-validates, learns from everything, writes, prints."""
    from moodspeaker_convert.songs.cross_validation import cross_validate

    check(options)
    songs = songs_of(options)
    learner = learner_of(options)
    figures = cross_validate(learner, songs, options.folds, options.seed)
    write(options, learner, songs, figures)
    print(json.dumps(figures.as_json(), indent=2) if options.json else "\n".join(lines(figures)))


def check(options: argparse.Namespace) -> None:
    """Raises ToolkitError for options that do not go together, before any work."""
    suffix = ".json" if options.arch == "ridge" else ".keras"
    if options.out.suffix != suffix:
        raise ToolkitError(f"{options.out}: {options.arch} writes {suffix} files", "rename --out")
    if not options.out.absolute().parent.is_dir():
        raise ToolkitError(f"no folder {options.out.parent}", "make it, or name another --out")
    if options.arch == "ridge" and options.inputs == "all":
        raise ToolkitError("ridge takes level-free inputs alone", "the speaker has no others")
    if (options.arch == "mel_cnn") != (options.audio is not None):
        raise ToolkitError("--audio and --arch mel_cnn go together", "give both or neither")
    if not options.scale[0] < options.scale[1]:
        raise ToolkitError("--scale: the lowest rating comes first", "as in --scale 1 9")


def songs_of(options: argparse.Namespace) -> Songs:
    """The table, or the folder of audio. Raises DataError, LibraryError."""
    from moodspeaker_convert.songs.audio_folder import read_folder
    from moodspeaker_convert.songs.table import Ratings, read_songs

    ratings = Ratings(*options.scale)
    if options.audio is not None:
        return read_folder(options.audio, options.data, ratings)
    return read_songs(options.data, ratings, every_column=options.inputs == "all")


def learner_of(options: argparse.Namespace) -> SongLearner:
    """The way of learning that was asked for."""
    from moodspeaker_convert.songs.networks import NetworkLearner
    from moodspeaker_convert.songs.ridge import RidgeLearner

    if options.arch == "ridge":
        return RidgeLearner(options.seed)
    return NetworkLearner(options.arch, options.epochs, options.seed)


def write(
    options: argparse.Namespace, learner: SongLearner, songs: Songs, figures: Figures
) -> None:
    """Learns from all songs and leaves the file."""
    from moodspeaker_convert.songs.model_file import write_audio_model
    from moodspeaker_convert.songs.networks import Network
    from moodspeaker_convert.songs.ridge import Line
    from moodspeaker_convert.whole_files import whole

    fitted = learner.fit(songs.inputs, songs.truth, songs.ids)
    if isinstance(fitted, Line):
        write_audio_model(options.out, fitted, figures, songs, options.data.name)
    if isinstance(fitted, Network):
        with whole(options.out) as (partial,):
            fitted.model.save(partial)


def lines(figures: Figures) -> list[str]:
    """The figures for people."""
    return [
        f"{figures.arch}, {figures.songs} songs, {figures.folds} folds, seed {figures.seed}; "
        "ratings on -1..1",
        axis_line("valence", figures.valence),
        axis_line("arousal", figures.arousal),
        f"valence with arousal: {figures.predicted_correlation:.2f} as predicted, "
        f"{figures.true_correlation:.2f} as rated",
    ]


def axis_line(name: str, axis: AxisFigures) -> str:
    """One axis."""
    return f"{name}: R2 {axis.r2:.3f}, RMSE {axis.rmse:.3f} (the mean alone: {axis.mean_rmse:.3f})"


def two_or_more(text: str) -> int:
    """A whole number from 2."""
    return at_least(text, 2)
