"""What every section of the YAML file has in common."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from moodspeaker.config.hours import parse_hours


def spans_of_a_day(text: str) -> str:
    """Said when the file is read, not at nightfall. Raises ValueError."""
    parse_hours(text)
    return text


Text = Annotated[str, StringConstraints(min_length=1)]
HoursText = Annotated[str, StringConstraints(min_length=1), AfterValidator(spans_of_a_day)]
Share = Annotated[float, Field(ge=0, le=1)]
EmotionName = Literal["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]


class Section(BaseModel):
    """Frozen, strict, and deaf to no typing error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
