"""Trained networks from their files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moodspeaker_convert import backends
from moodspeaker_convert.errors import ToolkitError

if TYPE_CHECKING:
    from pathlib import Path


def load_keras(path: Path) -> Any:
    """A trained model, ready to predict. Raises ToolkitError."""
    keras = backends.keras()
    if not path.is_file():
        raise ToolkitError(f"{path} is missing", "train first, or name a .keras file")
    try:
        return keras.models.load_model(path, compile=False)
    except (OSError, ValueError, TypeError, KeyError) as error:
        reason = str(error).strip().splitlines()[:1]
        raise ToolkitError(
            f"{path} is no Keras 3 model: {''.join(reason)}", "save it as .keras with Keras 3"
        ) from error
