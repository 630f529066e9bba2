"""What Home Assistant shows of the camera's picture, where the config allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodspeaker.home.kinds import switch

if TYPE_CHECKING:
    from moodspeaker.home.kinds import Component
    from moodspeaker.home.topics import Topics


def preview(topics: Topics) -> dict[str, Component]:
    """The switch, which goes off by itself, and the picture."""
    return {
        "preview": switch("Preview", topics, "preview", "mdi:eye-outline"),
        "preview_picture": {
            "platform": "image",
            "name": "Preview",
            "icon": "mdi:image-outline",
            "image_topic": topics.preview,
            "content_type": "image/jpeg",
        },
    }
