"""What every section of the YAML file has in common."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]
EmotionName = Literal["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]


class Section(BaseModel):
    """Frozen, strict, and deaf to no typing error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
