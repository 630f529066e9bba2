"""Valence and arousal learnt from songs: the table, the folds, ridge, networks, the command."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
from generated import ROOT

from fakes.sounds import RATE, chord, noise
from moodspeaker.library.audio_features import FEATURES, AudioFeatures
from moodspeaker.library.audio_model import read_audio_model
from moodspeaker_convert.cli import main
from moodspeaker_convert.errors import DataError, ToolkitError
from moodspeaker_convert.songs.cross_validation import cross_validate
from moodspeaker_convert.songs.folds import folds_of, splits
from moodspeaker_convert.songs.ridge import RidgeLearner, solve
from moodspeaker_convert.songs.table import COLUMNS, Ratings, read_songs

SHIPPED = ROOT / "models" / "audio.json"
TYPICAL = dict(
    zip(
        COLUMNS,
        (1900, 580, 2500, 560, 3900, 1400, 0.1, 0.03, 0.04, 0.02, 2.3, 13, 0.5, 62),
        strict=True,
    )
)


def row(number, rng):
    """A song whose arousal grows with its centroid, and its valence half as much."""
    values = {name: value * rng.lognormal(0, 0.2) for name, value in TYPICAL.items()}
    arousal = 5 + 3 * np.log(values["spectral_centroid_mean"] / 1900)
    valence = 5 + (arousal - 5) / 2 + rng.normal(0, 0.5)
    truth = {"valence_mean": valence, "arousal_mean": arousal}
    return {"song_id": number, **{k: float(np.clip(v, 1, 9)) for k, v in truth.items()}, **values}


def rows(count=150, seed=3):
    rng = np.random.default_rng(seed)
    return [row(number, rng) for number in range(count)]


def write(path, many):
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, many[0])
        writer.writeheader()
        writer.writerows(many)
    return path


@pytest.fixture
def table(tmp_path):
    return write(tmp_path / "songs.csv", rows())


def train(table, out, *more):
    return main(["train-music", "--data", str(table), "--out", str(out), *map(str, more)])


def test_what_is_written_places_a_song_where_it_was_rated(table, tmp_path, capsys):
    assert train(table, tmp_path / "audio.json", "--folds", 5) == 0
    model = read_audio_model(tmp_path / "audio.json")
    song = rows()[7]
    *place, _, _ = model.place(AudioFeatures(*(song[name] for name in COLUMNS)))
    assert place[1] == pytest.approx((song["arousal_mean"] - 5) / 4, abs=0.02)
    assert place[0] == pytest.approx((song["valence_mean"] - 5) / 4, abs=0.4)
    assert "arousal: R2 1.000, RMSE 0.000" in capsys.readouterr().out


def test_the_figures_as_json(table, tmp_path, capsys):
    assert train(table, tmp_path / "audio.json", "--folds", 5, "--seed", 2, "--json") == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["songs"], figures["folds"], figures["seed"]) == (150, 5, 2)
    assert 0.01 < figures["valence"]["rmse"] < figures["valence"]["mean_rmse"]
    written = json.loads((tmp_path / "audio.json").read_text())
    assert written["valence"]["error_sd"] == pytest.approx(figures["valence"]["rmse"], abs=1e-4)
    assert "songs.csv" in written["data"]


def test_the_same_seed_writes_the_same_file(table, tmp_path):
    for name in ("a.json", "b.json"):
        train(table, tmp_path / name)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_ratings_in_another_order_cannot_be_predicted(table):
    songs = read_songs(table, Ratings())
    shuffled = np.random.default_rng(1).permutation(songs.truth)
    figures = cross_validate(RidgeLearner(1), replace(songs, truth=shuffled), 10, 1)
    assert figures.arousal.r2 < 0.05
    assert figures.valence.r2 < 0.05


def test_the_test_rows_are_never_learnt_from(table):
    songs = read_songs(table, Ratings())
    seen = []

    class Spy(RidgeLearner):
        def fit(self, inputs, truth, ids):
            seen.append(set(ids))
            return super().fit(inputs, truth, ids)

    cross_validate(Spy(1), songs, 5, 1)
    assert [len(ids) for ids in seen] == [120] * 5
    assert not set.intersection(*seen)


def test_all_rows_of_a_song_are_in_one_fold():
    ids = [str(number % 40) for number in range(120)]
    fold = folds_of(ids, 4, seed=1)
    for learn, test in splits(fold):
        learnt, tested = ({one for one, on in zip(ids, rows_of, strict=True) if on}
                          for rows_of in (learn, test))  # fmt: skip
        assert not learnt & tested
        assert len(tested) == 10


@pytest.mark.parametrize(("songs", "enough"), [(39, False), (40, True), (41, True)])
def test_ten_songs_a_fold_are_wanted(songs, enough):
    ids = [str(number) for number in range(songs)]
    if enough:
        assert set(folds_of(ids, 4, seed=1)) == {0, 1, 2, 3}
        return
    with pytest.raises(DataError, match=f"{songs} songs are too few for 4 folds"):
        folds_of(ids, 4, seed=1)


def test_ridge_is_that_of_scikit_learn():
    linear_model = pytest.importorskip("sklearn.linear_model", reason="no scikit-learn")
    rng = np.random.default_rng(1)
    inputs, truth = rng.uniform(-1, 1, (60, 4)), rng.uniform(-0.2, 0.2, (60, 2))
    line = solve(inputs, truth, (5.0, 5.0))
    scores = (inputs - inputs.mean(axis=0)) / inputs.std(axis=0)
    theirs = linear_model.Ridge(alpha=5.0).fit(scores, truth)
    assert np.allclose(line.weights, theirs.coef_.T)
    assert np.allclose(line.predict(inputs), theirs.predict(scores))


def test_noise_asks_for_a_stronger_penalty_than_a_plain_relation(table):
    songs = read_songs(table, Ratings())
    hopeless = np.random.default_rng(1).permutation(songs.truth)
    plain = RidgeLearner(1).fit(songs.inputs, songs.truth, songs.ids)
    noisy = RidgeLearner(1).fit(songs.inputs, hopeless, songs.ids)
    assert noisy.alphas[1] > plain.alphas[1]


@pytest.mark.parametrize(
    ("scale", "rating", "place"),
    [((1, 9), 1, -1), ((1, 9), 5, 0), ((1, 9), 9, 1), ((0, 1), 0.75, 0.5)],
)
def test_ratings_go_to_the_plane(scale, rating, place):
    assert Ratings(*scale).on_plane(rating) == place


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("mfcc_mean", "nan", "row 4: mfcc_mean is 'nan', no finite number"),
        ("rms_mean", "", "row 4: rms_mean is '', no finite number"),
        ("rms_mean", "0", "row 4: rms_mean is 0: a silent song"),
        ("rms_std", "-1", "row 4: rms_std is below 0"),
        ("valence_mean", "9.1", "row 4: rating 9.1 is outside 1..9"),
        ("arousal_mean", "inf", "row 4: arousal_mean is 'inf', no finite number"),
    ],
)
def test_a_bad_row_is_refused_in_one_line(column, value, says, tmp_path, capsys):
    many = rows(20)
    many[2][column] = value
    assert train(write(tmp_path / "songs.csv", many), tmp_path / "audio.json") == 1
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
    assert not (tmp_path / "audio.json").exists()


@pytest.mark.parametrize("missing", ["valence_mean", "melspectrogram_std"])
def test_a_table_without_a_column_is_refused(missing, tmp_path):
    many = [{k: v for k, v in one.items() if k != missing} for one in rows(20)]
    with pytest.raises(DataError, match=f"lacks {missing}"):
        read_songs(write(tmp_path / "songs.csv", many), Ratings())


@pytest.mark.parametrize("text", ["", "no table\n", "song_id,valence_mean\n1\n"])
def test_what_is_no_table_is_refused(text, tmp_path):
    (tmp_path / "songs.csv").write_text(text)
    with pytest.raises(DataError, match="lacks"):
        read_songs(tmp_path / "songs.csv", Ratings())


def test_short_lines_and_no_rows_are_refused(table, tmp_path, capsys):
    header, first, *_ = table.read_text().splitlines()
    for lines in ([header], [header, first[:20]]):
        table.write_text("\n".join(lines) + "\n")
        assert train(table, tmp_path / "audio.json") == 1
    assert "no finite number" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("out", "more", "says"),
    [
        ("audio.txt", (), "ridge writes .json files"),
        ("a.json", ("--arch", "cnn1d"), "cnn1d writes .keras files"),
        ("none/a.json", (), "no folder"),
        ("a.json", ("--inputs", "all"), "level-free inputs alone"),
        ("a.json", ("--audio", "."), "go together"),
        ("a.keras", ("--arch", "mel_cnn"), "go together"),
        ("a.json", ("--scale", "9", "1"), "the lowest rating comes first"),
    ],
)
def test_options_that_do_not_fit_are_refused_before_any_work(out, more, says, tmp_path, capsys):
    assert train(tmp_path / "no.csv", tmp_path / out, *more) == 1
    assert says in capsys.readouterr().err


def test_every_column_can_be_an_input_by_name(tmp_path):
    many = [{**one, "tempo": 120 + place} for place, one in enumerate(rows(20))]
    songs = read_songs(write(tmp_path / "songs.csv", many), Ratings(), every_column=True)
    assert songs.input_names == (*COLUMNS, "tempo")
    assert songs.inputs[3, -1] == 123


@pytest.mark.tf
def test_a_network_learns_what_ridge_learns(table, tmp_path, capsys):
    keras = pytest.importorskip("keras", reason="Keras is not installed (the convert extra)")
    out = tmp_path / "net.keras"
    assert train(table, out, "--arch", "cnn1d", "--folds", 2, "--epochs", 40, "--json") == 0
    assert json.loads(capsys.readouterr().out)["arousal"]["r2"] > 0.5
    songs = read_songs(table, Ratings())
    arousal = keras.models.load_model(out).predict(songs.inputs, verbose=0)[:, 1]
    assert np.corrcoef(arousal, songs.truth[:, 1])[0, 1] > 0.9


@pytest.mark.tf
def test_a_network_over_every_column_is_trained_and_saved(tmp_path, capsys):
    pytest.importorskip("keras", reason="Keras is not installed (the convert extra)")
    table, out = write(tmp_path / "songs.csv", rows(20)), tmp_path / "net.keras"
    more = ("--arch", "attention_lstm", "--inputs", "all", "--folds", 2, "--epochs", 1)
    assert train(table, out, *more) == 0
    assert "attention_lstm, 20 songs" in capsys.readouterr().out
    assert out.is_file()


@pytest.mark.tf
def test_a_network_is_trained_on_a_folder_of_audio(tmp_path, capsys):
    pytest.importorskip("keras", reason="Keras is not installed (the convert extra)")
    soundfile = pytest.importorskip("soundfile", reason="soundfile is not installed")
    many = []
    for number in range(20):
        samples = noise(3) if number % 2 else chord(3)
        soundfile.write(tmp_path / f"{number}.wav", samples, RATE)
        rating = 8 if number % 2 else 2
        many.append({"song_id": number, "valence_mean": rating, "arousal_mean": rating})
    more = ("--arch", "mel_cnn", "--audio", tmp_path, "--folds", 2, "--epochs", 1)
    table = write(tmp_path / "songs.csv", many)
    assert train(table, tmp_path / "net.keras", *more) == 0
    assert (tmp_path / "net.keras").is_file()
    write(table, [*many, {"song_id": "gone", "valence_mean": 5, "arousal_mean": 5}])
    assert train(table, tmp_path / "net.keras", *more) == 1
    assert "no file for 1 songs" in capsys.readouterr().err


def test_the_shipped_coefficients_are_those_of_the_table(data_folder, tmp_path):
    table = data_folder / "data" / "deam_features_va.csv"
    if not table.is_file():
        pytest.skip("the data folder has no deam_features_va.csv")
    assert train(table, tmp_path / "audio.json") == 0
    ours, shipped = (json.loads(p.read_text()) for p in (tmp_path / "audio.json", SHIPPED))
    assert ours["data"] == shipped["data"]
    for axis, least in (("valence", 0.32), ("arousal", 0.37)):
        assert ours[axis]["weights"] == pytest.approx(shipped[axis]["weights"], abs=1e-4)
        assert ours[axis]["r2"] > least
    assert ours["features"] == list(FEATURES)


def test_without_the_tables_folder_nothing_is_written(tmp_path):
    with pytest.raises(ToolkitError):
        read_songs(tmp_path / "none.csv", Ratings())
