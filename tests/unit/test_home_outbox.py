"""What still has to go out, and when."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fakes.broker import A_STATE
from moodspeaker.home.outbox import EVENT_LIFE_S, EVENTS_KEPT, Outbox
from moodspeaker.home.topics import Topics
from moodspeaker.types import Message, Mood, NowPlaying, Track

if TYPE_CHECKING:
    from moodspeaker.types import SpeakerState

TOPICS = Topics("kitchen")
SAD = replace(A_STATE, mood=Mood.SAD)
SURER = replace(A_STATE, confidence=0.6)


def an_outbox(state: SpeakerState | None = A_STATE) -> Outbox:
    """An outbox that knows the state and has published nothing."""
    outbox = Outbox(TOPICS, b"discovery")
    if state is not None:
        outbox.update(state)
    return outbox


def drained(outbox: Outbox, now_s: float) -> list[Message]:
    """All that goes out at that time."""
    messages = []
    while (message := outbox.due(now_s)) is not None:
        outbox.sent(message)
        messages.append(message)
    return messages


def an_emptied_outbox(now_s: float = 0.0) -> Outbox:
    """An outbox that has published all that it knows."""
    outbox = an_outbox()
    drained(outbox, now_s)
    return outbox


def test_discovery_goes_first_and_online_after_all_that_is_retained() -> None:
    outbox = an_outbox()
    outbox.tuning({"margin": 0.1})
    outbox.diagnostics({"fps": 5})
    outbox.event("started", {}, 0.0)
    assert [message.topic for message in drained(outbox, 0.0)] == [
        TOPICS.discovery,
        TOPICS.state,
        TOPICS.track,
        TOPICS.tuning,
        TOPICS.diagnostics,
        TOPICS.availability,
        TOPICS.event,
        TOPICS.preview,
    ]


def test_all_but_events_and_pictures_is_retained() -> None:
    outbox = an_outbox()
    outbox.event("started", {}, 0.0)
    *retained, event, picture = drained(outbox, 0.0)
    assert all(message.retain for message in retained)
    assert (event.retain, picture.retain) == (False, False)


def test_an_unknown_state_is_not_published() -> None:
    assert TOPICS.state not in [message.topic for message in drained(an_outbox(None), 0.0)]


def test_nothing_is_published_twice() -> None:
    outbox = an_emptied_outbox()
    outbox.playing(None)
    outbox.update(A_STATE)
    assert drained(outbox, 100.0) == []
    assert outbox.wait_s(100.0) is None


def test_the_newest_state_wins() -> None:
    outbox = an_emptied_outbox()
    outbox.update(replace(A_STATE, mood=Mood.ANGRY))
    outbox.update(SAD)
    (message,) = drained(outbox, 1.0)
    assert json.loads(message.payload)["mood"] == "sad"


def test_a_number_waits_for_the_end_of_the_period() -> None:
    outbox = an_emptied_outbox(now_s=50.0)
    outbox.update(SURER)
    assert (drained(outbox, 59.9), outbox.wait_s(52.0)) == ([], 8.0)
    (message,) = drained(outbox, 60.0)
    assert json.loads(message.payload)["confidence"] == 0.6
    assert outbox.wait_s(60.0) is None


def test_a_change_that_is_undone_while_it_waits_is_not_published() -> None:
    outbox = an_emptied_outbox()
    outbox.update(SURER)
    outbox.update(A_STATE)
    assert outbox.wait_s(5.0) is None
    assert drained(outbox, 10.0) == []


def test_a_command_is_answered_with_the_state_once() -> None:
    outbox = an_emptied_outbox()
    outbox.answer_with_state()
    assert outbox.wait_s(1.0) == 0.0
    assert [message.topic for message in drained(outbox, 1.0)] == [TOPICS.state]
    assert drained(outbox, 1.0) == []


def test_an_unknown_state_is_no_reason_to_hurry() -> None:
    outbox = an_outbox(None)
    outbox.answer_with_state()
    assert outbox.wait_s(0.0) is None


def test_a_new_song_goes_out_at_once() -> None:
    outbox = an_emptied_outbox()
    outbox.playing(NowPlaying(Track("a.ogg")))
    (message,) = drained(outbox, 0.1)
    assert json.loads(message.payload)["uri"] == "a.ogg"


def test_everything_goes_out_again_after_a_new_connection() -> None:
    outbox = an_emptied_outbox()
    outbox.forget()
    assert [message.topic for message in drained(outbox, 0.0)] == [
        TOPICS.discovery,
        TOPICS.state,
        TOPICS.track,
        TOPICS.availability,
    ]


def test_a_renewal_comes_at_its_time_and_once() -> None:
    outbox = an_emptied_outbox()
    outbox.renew(at_s=3.0)
    outbox.renew(at_s=4.0)
    assert (drained(outbox, 2.9), outbox.wait_s(1.0)) == ([], 2.0)
    assert len(drained(outbox, 3.0)) == 4
    assert drained(outbox, 5.0) == []


def test_events_keep_their_order() -> None:
    outbox = an_emptied_outbox()
    for number in range(3):
        outbox.event("tick", {"n": number}, 0.0)
    assert [json.loads(message.payload)["n"] for message in drained(outbox, 0.0)] == [0, 1, 2]


def test_an_event_that_was_not_taken_stays() -> None:
    outbox = an_emptied_outbox()
    outbox.event("tick", {}, 0.0)
    lost = outbox.due(0.0)
    outbox.forget()
    assert drained(outbox, 0.0)[-1] is lost


def test_the_first_word_on_pictures_is_that_there_is_none() -> None:
    assert drained(an_outbox(), 0.0)[-1] == Message(TOPICS.preview, b"")


def test_of_pictures_the_newest_goes_out_once_after_all_else() -> None:
    outbox = an_emptied_outbox()
    outbox.picture(b"old")
    outbox.picture(b"new")
    outbox.event("tick", {}, 0.0)
    topics = [(message.topic, message.payload) for message in drained(outbox, 0.0)]
    assert topics[1:] == [(TOPICS.preview, b"new")]
    assert drained(outbox, 9.0) == []


def test_a_picture_that_could_not_go_out_is_lost_with_its_connection() -> None:
    outbox = an_emptied_outbox()
    outbox.picture(b"jpeg")
    outbox.forget()
    assert TOPICS.preview not in [message.topic for message in drained(outbox, 0.0)]


def test_the_end_of_the_pictures_is_told_on_the_next_connection() -> None:
    outbox = an_emptied_outbox()
    outbox.picture(b"jpeg")
    drained(outbox, 0.0)
    outbox.picture(None)
    outbox.forget()
    assert drained(outbox, 0.0)[-1] == Message(TOPICS.preview, b"")


def test_a_newer_picture_is_not_lost_by_the_one_that_went_out() -> None:
    outbox = an_emptied_outbox()
    outbox.picture(b"first")
    underway = outbox.due(0.0)
    outbox.picture(b"second")
    assert underway is not None
    outbox.sent(underway)
    assert [message.payload for message in drained(outbox, 0.0)] == [b"second"]


@pytest.mark.parametrize(
    ("pictures", "said"), [([], False), ([b"jpeg"], True), ([b"jpeg", None], False)]
)
def test_a_farewell_ends_the_pictures_that_are_shown(
    pictures: list[bytes | None], said: bool
) -> None:
    outbox = an_emptied_outbox()
    for picture in pictures:
        outbox.picture(picture)
        drained(outbox, 0.0)
    assert outbox.farewell() == (Message(TOPICS.preview, b"") if said else None)


def test_an_event_too_old_to_act_on_is_dropped() -> None:
    outbox = an_emptied_outbox()
    outbox.event("old", {}, 0.0)
    outbox.event("young", {}, 0.1)
    (message,) = drained(outbox, EVENT_LIFE_S + 0.05)
    assert json.loads(message.payload)["event_type"] == "young"


def test_of_too_many_events_the_oldest_go() -> None:
    outbox = an_emptied_outbox()
    for number in range(EVENTS_KEPT + 1):
        outbox.event("tick", {"n": number}, 0.0)
    kept = [json.loads(message.payload)["n"] for message in drained(outbox, 0.0)]
    assert kept == list(range(1, EVENTS_KEPT + 1))


def test_an_event_dropped_while_it_goes_out_takes_no_other_with_it() -> None:
    outbox = an_emptied_outbox()
    outbox.event("first", {}, 0.0)
    underway = outbox.due(0.0)
    assert underway is not None
    for number in range(EVENTS_KEPT):
        outbox.event("tick", {"n": number}, 0.0)
    outbox.sent(underway)
    assert len(drained(outbox, 0.0)) == EVENTS_KEPT


def test_a_farewell_ends_a_picture_that_is_still_underway() -> None:
    outbox = an_emptied_outbox()
    outbox.picture(b"jpeg")
    assert outbox.due(0.0) is not None
    assert outbox.farewell() == Message(TOPICS.preview, b"")
