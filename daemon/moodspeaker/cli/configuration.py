"""`moodspeaker check-config`, `show-config` and `schema`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from moodspeaker.app.music_settings import unknown_music
from moodspeaker.config.document import as_yaml
from moodspeaker.config.load import load_config
from moodspeaker.config.schema import Config

if TYPE_CHECKING:
    from pathlib import Path


def check(path: Path) -> int:
    """Loading raises with every problem; what is odd but harmless is told on stderr."""
    config = load_config(path)
    for line in unknown_music(config.music):
        print(f"{path}: note: {line}", file=sys.stderr)
    print(f"{path}: no problems")
    return 0


def show(path: Path) -> int:
    """Defaults filled in; passwords are never in the config, only the paths of their files."""
    print(as_yaml(load_config(path)), end="")
    return 0


def schema() -> int:
    """JSON schema of the config file."""
    print(json.dumps(Config.model_json_schema(), indent=2))
    return 0
