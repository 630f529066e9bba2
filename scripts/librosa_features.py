"""The rival of bench_sound.py, run by an interpreter that has librosa.

    librosa_features.py shared | plain | usual | table

Reads paths, one JSON string a line, and answers `{"decode_s": ..., "cpu_s": ..., "peak_mb": ...}`
for each: the middle minute loaded (`usual`: all of it), and statistics of it. `shared` and `plain`
are ours, by one spectrogram for all or, as most programs do it, by each function from the samples;
`usual` is what programs about moods ask of librosa, with its defaults; `table` are all that the
training table holds.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import Any

import librosa
import numpy as np
import soundfile

EXCERPT_S = 60.0
RATE = 44_100
FRAME, HOP, ROLLOFF, COEFFICIENTS = 2048, 512, 0.85, 20


def main() -> None:
    """One answer a path."""
    how = sys.argv[1]
    features = {"shared": shared, "plain": plain, "usual": usual, "table": table}[how]
    for line in sys.stdin:
        began = time.process_time()
        path = json.loads(line)
        samples = librosa.load(path)[0] if how == "usual" else middle(path)
        decoded = time.process_time()
        figures = [float(value) for x in features(samples) for value in (x.mean(), x.std())]
        answer = {
            "decode_s": decoded - began,
            "cpu_s": time.process_time() - began,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "figures": figures,
        }
        print(json.dumps(answer), flush=True)


def middle(path: str) -> Any:
    """Mono samples at RATE."""
    start_s = max(0.0, (soundfile.info(path).duration - EXCERPT_S) / 2)
    return librosa.load(path, sr=RATE, offset=start_s, duration=EXCERPT_S, mono=True)[0]


def shared(samples: Any) -> list[Any]:
    """As sparing as librosa can be."""
    feature = librosa.feature
    magnitude = np.abs(librosa.stft(samples, n_fft=FRAME, hop_length=HOP))
    mel = feature.melspectrogram(S=magnitude**2, sr=RATE)
    return [
        feature.spectral_centroid(S=magnitude, sr=RATE),
        feature.spectral_bandwidth(S=magnitude, sr=RATE),
        feature.spectral_rolloff(S=magnitude, sr=RATE, roll_percent=ROLLOFF),
        feature.rms(S=magnitude, frame_length=FRAME),
        feature.zero_crossing_rate(samples, frame_length=FRAME, hop_length=HOP),
        mel,
        feature.mfcc(S=librosa.power_to_db(mel), n_mfcc=COEFFICIENTS),
    ]


def plain(samples: Any) -> list[Any]:
    """Each function by itself, from the samples."""
    feature = librosa.feature
    return [
        feature.spectral_centroid(y=samples, sr=RATE),
        feature.spectral_bandwidth(y=samples, sr=RATE),
        feature.spectral_rolloff(y=samples, sr=RATE, roll_percent=ROLLOFF),
        feature.rms(y=samples),
        feature.zero_crossing_rate(samples),
        feature.melspectrogram(y=samples, sr=RATE),
        feature.mfcc(y=samples, sr=RATE, n_mfcc=COEFFICIENTS),
    ]


def usual(samples: Any) -> list[Any]:
    """Each function by itself, at librosa's own rate."""
    feature = librosa.feature
    return [
        feature.spectral_centroid(y=samples),
        feature.spectral_bandwidth(y=samples),
        feature.spectral_rolloff(y=samples),
        feature.rms(y=samples),
        feature.zero_crossing_rate(samples),
        feature.mfcc(y=samples),
        feature.chroma_stft(y=samples),
        librosa.beat.beat_track(y=samples)[1],
    ]


def table(samples: Any) -> list[Any]:
    """With chroma, tonnetz, tempogram, onsets, and harmony and percussion apart."""
    feature = librosa.feature
    return [
        *plain(samples),
        feature.chroma_stft(y=samples, sr=RATE),
        feature.chroma_cqt(y=samples, sr=RATE),
        feature.chroma_cens(y=samples, sr=RATE),
        feature.tonnetz(y=samples, sr=RATE),
        feature.tempogram(y=samples, sr=RATE),
        librosa.onset.onset_detect(y=samples, sr=RATE),
        *librosa.effects.hpss(samples),
    ]


if __name__ == "__main__":
    main()
