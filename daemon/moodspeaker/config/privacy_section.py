"""The section `privacy`: what is kept of what the camera sees."""

from __future__ import annotations

from pydantic import Field

from moodspeaker.config.section import Section


class PrivacySection(Section):
    """What is kept of what the camera sees: numbers at most, never a picture; and what is shown."""

    allow_preview: bool = Field(
        True, description="true: a person may switch on pictures over MQTT; false: never"
    )
    preview_minutes: int = Field(
        5, ge=1, le=60, description="they switch themselves off after so long, minutes"
    )
    score_log: bool = Field(
        False, description="true: scores are written to files, to replay other settings on them"
    )
    score_log_days: int = Field(
        7, ge=1, le=365, description="its files are removed after so many days"
    )
    score_log_mb: int = Field(
        50,
        ge=1,
        le=10000,
        description="the oldest files are removed when all together are larger, MB",
    )
    score_log_every_s: float = Field(
        1.0, ge=0.1, le=60, description="least time between two that are written, s"
    )
