"""How long a model takes for one face."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Any

from moodspeaker.vision.preprocess import network_input
from moodspeaker_convert import backends
from moodspeaker_convert.measuring.scorers import NetworkScorer, TfliteScorer
from moodspeaker_convert.networks.network import KerasNetwork

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from moodspeaker_convert.measuring.scorers import Scorer

WARM_UP = 20
TIMED = 200
# Seconds; a slow model is not asked for all of TIMED.
LONGEST = 5.0


def ms_per_face(scorer: Scorer, images: NDArray[np.uint8]) -> float:
    """Median milliseconds from a face u8[h,w] to the network's output, one face at a time."""
    infer, count = inference(scorer), len(images)
    for index in range(WARM_UP):
        infer(images[index % count])
    taken: list[float] = []
    while len(taken) < TIMED and sum(taken) < LONGEST:
        start = time.perf_counter()
        infer(images[len(taken) % count])
        taken.append(time.perf_counter() - start)
    return 1000 * statistics.median(taken)


def inference(scorer: Scorer) -> Callable[[NDArray[np.uint8]], Any]:
    """What runs one face, without the work that a batch needs."""
    if isinstance(scorer, TfliteScorer):
        return lambda face: scorer.model.run(network_input(face, scorer.manifest.input))
    if isinstance(scorer, NetworkScorer):
        network = scorer.network
        # Keras spends tens of milliseconds on the way into `predict`, whatever comes.
        run = (
            network.model.predict_on_batch if isinstance(network, KerasNetwork) else network.predict
        )
        return lambda face: run(network_input(face, scorer.input))
    return lambda face: scorer.scores(face[None])


def hold_keras_to_one_thread() -> bool:
    """Whether TensorFlow now computes on one thread; it cannot change once it has started."""
    threading = backends.tensorflow().config.threading
    try:
        threading.set_intra_op_parallelism_threads(1)
        threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:
        return bool(threading.get_intra_op_parallelism_threads() == 1)
    return True
