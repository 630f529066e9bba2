"""Flapping: how often the mood changes, and how often it is right, on timelines of real faces.

    bench_mood.py --data FOLDER [--part tables|clips|speed ...] [--hours N] [--seed N]

FOLDER/data holds fer2013_train_publictest.npz, FOLDER/media three clips. True moods last 15
minutes on average, the readings are the shipped model's of faces that show them; errors last as
long as one face is shown. With people who leave, darkness and second faces.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import math
import multiprocessing
import os
import statistics
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
from bench_filters import OTHER_ENTER, SLOWED, Ours, at_delay, fixed, measure
from bench_timelines import STEP_S, by_mood, chosen_rows, read_faces, timeline

from moodspeaker.app.factories import model_path, mood_settings, open_looker
from moodspeaker.app.vitals import rss_mb
from moodspeaker.config.schema import DEMO_MOOD, Config
from moodspeaker.errors import CameraEnded
from moodspeaker.mood.engine import MoodEngine
from moodspeaker.mood.replaying import Tally
from moodspeaker.mood.settings import Aggregation
from moodspeaker.types import Emotion
from moodspeaker.vision.emotion import TfliteEmotionModel
from moodspeaker.vision.file_camera import FileCamera
from moodspeaker_convert.faces.data import load_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.pool import Pool

    from bench_filters import Figures, Filter

    from moodspeaker.mood.score_lines import LoggedFrame
    from moodspeaker.mood.settings import MoodSettings
    from moodspeaker.types import Mood, Observation

FACES = "data/fer2013_train_publictest.npz"
CLIPS = (
    "pyfeat_WolfgangLanger_Pexels.mp4",
    "pyfeat_single_face.mp4",
    "pyfeat_no_face.mp4",
)
BLOCKS = (("ferplus", 0.5), ("ferplus", 3.0), ("ferplus", 10.0), ("fer", 3.0))
"""(labels, seconds that one face is shown on average)."""
TRUTHS = {
    "ferplus": "truth: FER+ majority",
    "fer": "truth: FER2013's own labels, which agree with FER+ on two pictures of three, so that\n"
    "no figure can be high",
}
COLUMNS = "  {:<40}{:>9}{:>8}{:>9}{:>8}{:>8}{:>10}{:>11}{:>11}"
HEADS = (
    ("", "changes", "", "right or", "delay s", "", "moods", "readable:", ""),
    ("", "an hour", "right", "unsure", "p50", "p90", "followed", "right", "unsure"),
)
EVERY_FRAME = 0.0
SPEED_OBSERVATIONS, BATCHES = 200_000, 5
SPEED_PERSISTENCE_S, EVERY_ROW = 3.0, 10
MILLION = 1_000_000


# Tables.


FRAMES: list[LoggedFrame] = []
"""The timeline of a worker process."""


def fixed_figures(named: tuple[str, Callable[[], Filter]]) -> tuple[str, Figures]:
    """In a worker process."""
    return named[0], measure(named[1], FRAMES)


def slowed_figures(
    target_s: float, named: tuple[str, Callable[[float], Filter]]
) -> tuple[str, Figures]:
    """In a worker process."""
    number, figures = at_delay(named[1], FRAMES, target_s)
    return f"at equal delay: {named[0].format(number)}", figures


def tell_tables(options: argparse.Namespace, model: Path) -> None:
    """Prints a table for each kind of timeline."""
    data = load_data(options.data / FACES)
    chosen = chosen_rows(data, options.split, options.data / "data", model)
    faces = read_faces(data.images[chosen], TfliteEmotionModel(model), options.seed)
    print(f"{len(faces)} faces ({options.split}), {options.hours:g} hours, seed {options.seed}")
    print("followed: of true moods over 3 minutes; readable: of the time with a readable face")
    for labels, persistence_s in BLOCKS:
        members = by_mood(data, chosen, labels)
        frames = timeline(faces, members, persistence_s, options.hours, options.seed)
        print(f"\n{TRUTHS[labels]}; one face is shown for {persistence_s:g} s")
        print("  of", ", ".join(f"{len(own)} {e}" for e, own in zip(Emotion, members, strict=True)))
        tell_table(frames, mood_settings(Config().mood))


def tell_table(frames: list[LoggedFrame], settings: MoodSettings) -> None:
    """Prints a line for every filter on one timeline."""
    # The collector would touch, and so copy, every object that the workers share.
    gc.collect()
    gc.freeze()
    # The initializer's arguments are inherited by a fork, not sent.
    workers = multiprocessing.get_context("fork").Pool(
        os.cpu_count(), initializer=FRAMES.extend, initargs=(frames,)
    )
    with workers as pool:
        for number, (name, one) in enumerate(rows(pool, settings)):
            if number == 0:
                for head in HEADS:
                    print(COLUMNS.format(*head))
                print(COLUMNS.format("the truth", f"{one.true_changes:.1f}", *[""] * 7))
            print(COLUMNS.format(
                name, f"{one.changes:.1f}", f"{one.right:.1%}", f"{one.right_or_unsure:.1%}",
                f"{one.p50_s:.1f}", f"{one.p90_s:.1f}", f"{one.followed:.1%}",
                f"{one.usable_right:.1%}", f"{one.usable_unsure:.1%}",
            ), flush=True)  # fmt: skip


def rows(pool: Pool, settings: MoodSettings) -> Iterator[tuple[str, Figures]]:
    """All as they are, then the rivals at the delay of the first."""
    target_s = math.nan
    for number, (name, figures) in enumerate(pool.imap(fixed_figures, fixed(settings).items())):
        target_s = target_s if number else figures.p50_s
        yield name, figures
    yield from pool.imap(partial(slowed_figures, target_s), SLOWED.items())


# Clips.


def tell_clip(path: Path) -> None:
    """Prints how often the label of single frames flips, and what the engine makes of it."""
    frames = list(looked_at(path))
    labels = [seen.scores.ranked()[0] for seen in frames if seen.scores]
    flips = sum(one is not other for one, other in itertools.pairwise(labels))
    print(f"\n{path.name}: {len(frames)} frames in {frames[-1].time_s:.1f} s, a face on"
          f" {len(labels)}; the label of single frames flips {flips} times")  # fmt: skip
    for name, changed in (("default", {}), ("demo", DEMO_MOOD)):
        engine, tally = Ours(mood_settings(Config.model_validate({"mood": changed}).mood)), Tally()
        moods: list[tuple[float, Mood]] = []
        for seen in frames:
            decision = engine.observe(seen)
            tally.add(seen.time_s, decision, None)
            if not moods or moods[-1][1] is not decision.mood:
                moods.append((seen.time_s, decision.mood))
        words = ", ".join(f"{mood} from {time_s:.1f} s" for time_s, mood in moods)
        print(f"  {name:<8} {len(tally.outcome().changes)} moods named: {words}", flush=True)


def looked_at(path: Path) -> Iterator[Observation]:
    """Every frame of a clip, as the service's looker sees it."""
    config = Config()
    looker = open_looker(config)
    camera = FileCamera(path, config.camera.detect_width, "stop", EVERY_FRAME)
    camera.open()
    try:
        while True:
            with camera.capture(math.inf) as frame:
                yield looker.look(frame)
    except CameraEnded:
        return
    finally:
        camera.close()


# Speed.


def tell_speed(options: argparse.Namespace, model: Path) -> None:
    """Prints microseconds an observation of each way, medians of batches taken in turn."""
    observations = an_hour(options, model)
    settings = mood_settings(Config().mood)
    engines = speed_engines(settings)
    took_us: dict[str, list[float]] = {name: [] for name in engines}
    stream = cycled(observations)
    for _ in range(BATCHES):
        batch = list(itertools.islice(stream, SPEED_OBSERVATIONS // BATCHES))
        for name, engine in engines.items():
            began_s = time.perf_counter()
            for seen in batch:
                engine.observe(seen)
            took_us[name].append((time.perf_counter() - began_s) * 1e6 / len(batch))
    print(f"\nmicroseconds an observation, {SPEED_OBSERVATIONS} of them, median of {BATCHES}")
    for name, times in took_us.items():
        print(f"  {name:<40}{statistics.median(times):>9.2f}", flush=True)
    if options.observations >= 2 * MILLION:
        tell_growth(MoodEngine(settings), cycled(observations), options.observations // MILLION)


def an_hour(options: argparse.Namespace, model: Path) -> list[Observation]:
    """A timeline of a few faces."""
    data = load_data(options.data / FACES)
    few = chosen_rows(data, "test", options.data, model)[::EVERY_ROW]
    faces = read_faces(data.images[few], TfliteEmotionModel(model), options.seed)
    members = by_mood(data, few, "ferplus")
    frames = timeline(faces, members, SPEED_PERSISTENCE_S, 1, options.seed)
    return [frame.observation for frame in frames]


def speed_engines(settings: MoodSettings) -> dict[str, Filter]:
    """One of each aggregation, and the default with the choice of face before it."""
    engines: dict[str, Filter] = {
        str(kind): MoodEngine(replace(settings, aggregation=kind, enter_threshold=OTHER_ENTER))
        for kind in Aggregation
        if kind is not settings.aggregation
    }
    default = str(settings.aggregation)
    return {
        f"{default} (default)": MoodEngine(settings),
        f"{default}, with the choice of face": Ours(settings),
        **engines,
    }


def tell_growth(engine: Filter, stream: Iterator[Observation], millions: int) -> None:
    """Prints what has grown between the first million and the last."""
    sizes = []
    for _ in range(millions):
        for seen in itertools.islice(stream, MILLION):
            engine.observe(seen)
        gc.collect()
        sizes.append((rss_mb(), len(gc.get_objects())))
    (first_mb, first), (last_mb, last) = sizes[0], sizes[-1]
    print(f"  {millions} million observations: from the first to the last {last_mb - first_mb:+.2f}"
          f" MB of RSS, {last - first:+d} objects", flush=True)  # fmt: skip


def cycled(observations: Sequence[Observation]) -> Iterator[Observation]:
    """The same again and again, while time goes on."""
    for number in range(sys.maxsize):
        yield replace(observations[number % len(observations)], time_s=number * STEP_S)


PARTS = ("tables", "clips", "speed")


def main() -> None:
    """Prints the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--part", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--hours", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--split", choices=("test", "validation"), default="test")
    parser.add_argument("--observations", type=int, default=0, help="also tell growth over these")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    model = model_path(Config().vision)
    if "tables" in options.part:
        tell_tables(options, model)
    if "clips" in options.part:
        for name in CLIPS:
            tell_clip(options.data / "media" / name)
    if "speed" in options.part:
        tell_speed(options, model)


if __name__ == "__main__":
    main()
