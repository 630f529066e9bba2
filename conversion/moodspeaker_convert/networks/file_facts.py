"""What a Keras file says of itself, read without running anything that is in it."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moodspeaker_convert import backends
from moodspeaker_convert.errors import ToolkitError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class FileFacts:
    """The Keras that wrote the file, and the configuration of its network."""

    version: str
    config: Any

    @property
    def legacy(self) -> bool:
        """Keras 1 or 2 wrote it."""
        return not self.version.startswith("3")


def facts_of(path: Path) -> FileFacts:
    """Of a file that holds a whole network. Raises ToolkitError, for a Lambda layer too."""
    if not path.is_file():
        raise ToolkitError(f"{path} is missing", "train first, or name a .keras, .h5 or .hdf5 file")
    try:
        facts = of_archive(path) if zipfile.is_zipfile(path) else of_hdf5(path)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ToolkitError(
            f"{path} is no Keras file, or damaged: {str(error).splitlines()[0]}",
            "copy it again, or save it again as .keras",
        ) from error
    refuse_lambda(path, facts.config)
    return facts


def of_archive(path: Path) -> FileFacts:
    """Of a .keras file."""
    with zipfile.ZipFile(path) as archive:
        version = json.loads(archive.read("metadata.json"))["keras_version"]
        return FileFacts(str(version), json.loads(archive.read("config.json")))


def of_hdf5(path: Path) -> FileFacts:
    """Of a .h5 or .hdf5 file."""
    with backends.imported("h5py").File(path, "r") as file:
        if "model_config" not in file.attrs:
            raise ToolkitError(
                f"{path} holds weights but no network", "save the whole model, not its weights"
            )
        return FileFacts(text(file.attrs.get("keras_version", "1")), config_in(file))


def config_in(file: Any) -> Any:
    """The configuration in an open HDF5 file."""
    return json.loads(text(file.attrs["model_config"]))


def text(value: Any) -> str:
    """An attribute as text; older files hold bytes."""
    return value.decode() if isinstance(value, bytes) else str(value)


def refuse_lambda(path: Path, config: Any) -> None:
    """Raises ToolkitError when a layer is a Lambda: a stranger's program that would run here."""
    for part in parts(config):
        if part.get("class_name") == "Lambda":
            name = part.get("config", {}).get("name", "without a name")
            raise ToolkitError(
                f"{path} holds the Lambda layer {name!r}, a program that loading would run; "
                "Keras' safe mode refuses it",
                "replace it by a layer of Keras, and save again",
            )


def parts(config: Any) -> Iterator[dict[str, Any]]:
    """Every JSON object in `config`, at any depth."""
    if isinstance(config, dict):
        yield config
        config = list(config.values())
    if isinstance(config, list):
        for one in config:
            yield from parts(one)
