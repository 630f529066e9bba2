"""The section `mood`: how readings become a mood."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from moodspeaker.config.section import EmotionName, Section, Share

Prior = Annotated[float, Field(ge=0.001, le=1)]


class Priors(Section):
    """How often an emotion is read that is not there, more or less.

    A reading speaks for an emotion by how far it exceeds this. Only their ratios count: raise one
    that comes too often, lower one that never comes. The defaults lie between an even share and
    the shares in the model's training data.
    """

    angry: Prior = Field(0.131, description="of angry")
    disgust: Prior = Field(0.04, description="of disgust")
    fear: Prior = Field(0.07, description="of fear")
    happy: Prior = Field(0.207, description="of happy")
    sad: Prior = Field(0.15, description="of sad")
    surprise: Prior = Field(0.152, description="of surprise")
    neutral: Prior = Field(0.243, description="of neutral")


class Floors(Section):
    """At how much an emotion must be read, whatever is believed, to become the mood.

    Keeps what is rare, and therefore soon believed, from being named for next to nothing.
    """

    angry: Share = Field(0.0, description="smoothed score that angry needs")
    disgust: Share = Field(0.15, description="smoothed score that disgust needs")
    fear: Share = Field(0.15, description="smoothed score that fear needs")
    happy: Share = Field(0.0, description="smoothed score that happy needs")
    sad: Share = Field(0.0, description="smoothed score that sad needs")
    surprise: Share = Field(0.0, description="smoothed score that surprise needs")
    neutral: Share = Field(0.0, description="smoothed score that neutral needs")


class Merges(Section):
    """Emotions that count as another one: `disgust: angry`, say."""

    angry: EmotionName | None = Field(None, description="what angry counts as")
    disgust: EmotionName | None = Field(None, description="what disgust counts as")
    fear: EmotionName | None = Field(None, description="what fear counts as")
    happy: EmotionName | None = Field(None, description="what happy counts as")
    sad: EmotionName | None = Field(None, description="what sad counts as")
    surprise: EmotionName | None = Field(None, description="what surprise counts as")
    neutral: EmotionName | None = Field(None, description="what neutral counts as")

    @model_validator(mode="after")
    def no_chains(self) -> Merges:
        """A share moves once: what is merged away can take nothing in."""
        gone = {name for name in type(self).model_fields if getattr(self, name)}
        for name in sorted(gone):
            if getattr(self, name) in gone:
                target = getattr(self, name)
                raise ValueError(f"{name} counts as {target}, which itself is merged away")
        return self


class MoodSection(Section):
    """When a reading becomes a mood, and when a mood changes."""

    aggregation: Literal["hmm", "smoothed", "window_vector", "majority"] = Field(
        "hmm",
        description="how readings become a belief: hmm (a model of moods that last), smoothed "
        "(their mean), window_vector (seconds spent on each) or majority (votes)",
    )
    enter_threshold: Share = Field(0.85, description="belief that a new mood needs, 0..1")
    leave_threshold: Share = Field(0.35, description="below this the mood becomes unsure, 0..1")
    margin: Share = Field(0.1, description="lead over the second emotion that a new mood needs")
    hold_s: float = Field(
        5.0, ge=0, le=300, description="how long a new mood must lead by the margin, s"
    )
    dwell_s: float = Field(60.0, ge=0, le=3600, description="least time between two moods, s")
    smoothing_s: float = Field(
        20.0,
        ge=0.1,
        le=300,
        description="longer is calmer; hmm: five times as long as one error lasts, s",
    )
    stay_s: float = Field(
        400.0, ge=10, le=36000, description="hmm: how long moods last at a time, s"
    )
    distrust: float = Field(
        0.15, ge=0.001, le=0.9, description="hmm: share of readings that are about nothing"
    )
    window_s: float = Field(
        15.0, ge=1, le=300, description="window_vector, majority: how far they look back, s"
    )
    likeness: Literal["cosine", "plane"] = Field(
        "cosine",
        description="window_vector: likeness by angle, or by nearness in valence and arousal",
    )
    absence_s: float = Field(10.0, ge=1, le=600, description="no face for so long is absent, s")
    changes_per_hour: int = Field(12, ge=1, le=240, description="most changes of mood in an hour")
    override_minutes: float = Field(
        60.0, ge=1, le=1440, description="how long a mood chosen by hand lasts, minutes"
    )
    wrong_minutes: float = Field(
        10.0, ge=1, le=1440, description="how long a mood stays away that was called wrong, minutes"
    )
    priors: Priors = Priors()
    floors: Floors = Floors()
    merges: Merges = Merges()

    @model_validator(mode="after")
    def thresholds_leave_a_gap(self) -> MoodSection:
        """Entering below the leaving line would flap on every frame."""
        if self.leave_threshold >= self.enter_threshold:
            raise ValueError(
                f"leave_threshold must be below enter_threshold, {self.leave_threshold:g} is not "
                f"below {self.enter_threshold:g}"
            )
        return self
