"""The speaker on Debian Bookworm, booted in a container with systemd as PID 1 and no network.

Steps run inside (inside/prove.py) and write what they saw; here it is judged. Needs root and
systemd-nspawn. MemoryMax, TasksMax and DeviceAllow do not bind in such a container on every
kernel, and there is no Pi camera: neither is claimed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from boot.speaker_tree import BROKEN, NEWER
from moodspeaker import __version__

if TYPE_CHECKING:
    from boot.conftest import Proof

pytestmark = pytest.mark.slow

STOP_S = 5.0
BACK_S = 5.0
# RestartSec is 5 s, and the process has to load.
RESTARTED_S = 15.0
FIRST_TRACK_S = 15.0
MOOD_S = 30.0


def test_it_is_installed_without_a_network(proof: Proof) -> None:
    facts = proof.facts("installed")
    assert facts["install"]["status"] == 0, facts["install"]["said"]
    assert facts["active"]
    assert facts["version"] == f"moodspeaker {__version__}"
    assert set(facts["units"].values()) == {"enabled"}
    assert all(facts["running"].values()), facts["running"]


def test_the_installed_files_belong_to_whom_they_should(proof: Proof) -> None:
    paths = proof.facts("installed")["paths"]
    assert paths["/etc/moodspeaker/moodspeaker.yaml"] == owned("root", "moodspeaker", "640")
    assert paths["/var/lib/moodspeaker"] == owned("moodspeaker", "moodspeaker", "750")
    assert paths["/run/moodspeaker"] == owned("moodspeaker", "moodspeaker", "750")


def test_a_second_installation_changes_nothing(proof: Proof) -> None:
    facts = proof.facts("again")
    assert facts["install"]["status"] == 0, facts["install"]["said"]
    assert facts["changed"] == []
    assert facts["same_process"]


def test_it_is_ready_as_its_own_user_beside_mpd_and_broker(proof: Proof) -> None:
    facts = proof.facts("plays_the_mood")
    assert facts["restart"]["status"] == 0, facts["restart"]["said"]
    assert facts["show"]["User"] == "moodspeaker"
    assert facts["show"]["NRestarts"] == "0"
    assert all(facts["units"].values()), facts["units"]


def test_the_kernel_holds_it_in_its_sandbox(proof: Proof) -> None:
    box = proof.facts("plays_the_mood")["sandbox"]
    assert box["NoNewPrivs"] == "1"
    assert box["Seccomp"] == "2"
    assert int(box["CapEff"], 16) == int(box["CapBnd"], 16) == 0
    assert "0" not in box["Uid"].split()
    assert box["core"] == "0"


def test_mpd_plays_music_of_the_face_before_the_camera(proof: Proof) -> None:
    facts = proof.facts("plays_the_mood")
    print(f"first track {facts['first_track_s']} s, happy {facts['happy_s']} s after the start")
    assert facts["playing"].startswith("happy/")
    assert facts["track"]["uri"].startswith("happy/")
    assert facts["track_s"] is not None
    assert any(uri.startswith("happy/") for uri in facts["queue"])


def test_the_broker_knows_mood_and_presence(proof: Proof) -> None:
    facts = proof.facts("plays_the_mood")
    assert facts["state"]["mood"] == "happy"
    assert facts["state"]["faces"] == 1
    assert facts["state"]["problem"] is None
    assert facts["availability"] == "online"


def test_a_reload_changes_a_setting_and_not_the_song(proof: Proof) -> None:
    facts = proof.facts("reloads")
    assert facts["reload"]["status"] == 0
    assert facts["told_s"] is not None, "the new setting was not told"
    assert facts["same_process"]
    assert facts["after"]["state"] == "play"
    assert facts["after"]["songid"] == facts["before"]["songid"]
    assert float(facts["after"]["elapsed"]) > float(facts["before"]["elapsed"])


def test_doctor_examines_the_running_service(proof: Proof) -> None:
    facts = proof.facts("doctor")
    assert facts["status"] in {0, 1}, facts["said"]
    assert facts["report"] is not None, facts["said"]
    wrong = {one["name"]: one["detail"] for one in facts["report"]["checks"] if not one["ok"]}
    print(json.dumps(wrong, indent=1))
    # MPD plays into a null output here, and nothing has been labelled yet.
    assert wrong.keys() <= {"mpd output", "label coverage"}
    assert facts["same_process"]


def test_the_nightly_job_labels_the_library_beside_the_music(proof: Proof) -> None:
    facts = proof.facts("labels")
    assert facts["start"]["status"] == 0, facts["status"]
    assert facts["show"]["Result"] == "success"
    assert facts["show"]["User"] == "moodspeaker"
    assert facts["rows"]["analyses"] == facts["rows"]["tracks"] > 0
    assert facts["same_process"]
    assert facts["plays"]


def test_a_hung_service_is_ended_by_the_watchdog_and_starts_again(proof: Proof) -> None:
    facts = proof.facts("hangs")
    assert facts["fed_without_a_restart"]
    assert facts["back_s"] is not None, facts["journal"]
    assert "Watchdog timeout" in facts["journal"]
    assert "Failed with result 'watchdog'" in facts["journal"]
    assert facts["online_s"] is not None
    assert facts["mood_s"] is not None
    assert facts["new_happy_s"] is not None


def test_a_killed_service_leaves_its_will_and_starts_again(proof: Proof) -> None:
    facts = proof.facts("killed")
    print(f"back after {facts['back_s']} s, online {facts['online_s']} s later")
    assert facts["will_s"] is not None
    assert facts["back_s"] < RESTARTED_S
    assert facts["online_s"] is not None
    assert facts["new_happy_s"] is not None


def test_a_killed_mpd_is_told_and_followed_again_within_seconds(proof: Proof) -> None:
    facts = proof.facts("mpd_killed")
    print(f"plays {facts['plays_s']} s after MPD answers")
    assert facts["problem_s"] is not None
    assert facts["plays_s"] < BACK_S
    assert facts["fine_s"] is not None
    assert facts["happy_s"] is not None
    assert facts["same_process"]


def test_a_killed_broker_knows_everything_again_within_seconds(proof: Proof) -> None:
    facts = proof.facts("broker_killed")
    print(f"online {facts['online_s']} s after the broker")
    assert facts["online_s"] < BACK_S
    assert facts["mood"] == "happy"
    assert facts["same_process"]
    assert facts["plays_s"] is not None


def test_a_wrong_config_stops_it_and_says_why(proof: Proof) -> None:
    facts = proof.facts("wrong_config")
    assert facts["restart"]["status"] != 0
    assert facts["show"]["ActiveState"] == "failed"
    assert facts["show"]["ExecMainStatus"] == "2"
    assert facts["show"]["NRestarts"] == "0", "it was tried again"
    assert "moodspeaker.yaml:2 mood.dwel_s" in facts["status"]
    assert "dwell_s" in facts["status"]


def test_a_mended_config_starts_it(proof: Proof) -> None:
    facts = proof.facts("wrong_config")
    assert facts["mended"]["status"] == 0, facts["mended"]["said"]
    assert facts["active"]
    assert facts["happy_s"] is not None


def test_it_stops_within_seconds_and_leaves_nothing(proof: Proof) -> None:
    facts = proof.facts("stops")
    print(
        f"stopped in {facts['stop']['seconds']} s, ready again {facts['ready_s']} s after the start"
    )
    assert facts["stop"]["seconds"] < STOP_S
    assert facts["show"] == {"ActiveState": "inactive", "Result": "success", "ExecMainStatus": "0"}
    assert facts["availability"] == "offline"
    assert facts["left_over"] == []
    assert facts["ready_s"] is not None


def test_an_upgrade_keeps_config_settings_and_labels_and_plays_on(proof: Proof) -> None:
    facts = proof.facts("upgraded")
    assert facts["install"]["status"] == 0, facts["install"]["said"]
    assert facts["active"]
    assert facts["version"] == f"moodspeaker {NEWER}"
    assert facts["told"] == NEWER
    assert facts["config"]
    assert facts["after"]["dwell_s"] == facts["kept"]["dwell_s"] == 7
    for table in ("tracks", "estimates"):
        assert facts["after"]["rows"][table] == facts["kept"]["rows"][table] > 0
    assert facts["after"]["rows"]["history"] >= facts["kept"]["rows"]["history"]
    assert facts["new_happy_s"] is not None


def test_an_upgrade_that_does_not_start_rolls_back_by_itself(proof: Proof) -> None:
    facts = proof.facts("upgrade_breaks")
    assert facts["install"]["status"] == 1, facts["install"]["said"]
    assert "broken on purpose" in facts["journal"], "it was never started"
    assert facts["active_s"] is not None
    assert facts["version"] == f"moodspeaker {NEWER}"
    assert not any(name.startswith(BROKEN) for name in facts["versions"])
    assert facts["after"]["dwell_s"] == 7
    assert facts["new_happy_s"] is not None


def test_the_version_before_is_one_command_away_and_so_is_the_way_forth(proof: Proof) -> None:
    facts = proof.facts("rolled_back")
    assert facts["back"]["status"] == 0, facts["back"]["said"]
    assert facts["before"] not in ("", f"moodspeaker {NEWER}")
    assert facts["active"]
    assert facts["after"]["dwell_s"] == 7
    assert facts["forth"]["status"] == 0, facts["forth"]["said"]
    assert facts["version"] == f"moodspeaker {NEWER}"
    assert facts["again_active"]


def test_a_boot_is_music_within_seconds(proof: Proof) -> None:
    facts = proof.facts("everything_there")
    times = facts["times"]
    print(f"READY {times['start_to_ready_s']} s, {facts['first_track']} "
          f"{facts['first_track_after_start_s']} s, the mood's {facts['happy_after_start_s']} s "
          f"after the process began")  # fmt: skip
    assert facts["first_track_after_start_s"] < FIRST_TRACK_S
    assert facts["happy_after_start_s"] < MOOD_S
    assert facts["online_s"] is not None


def test_a_power_off_leaves_the_word_offline_with_the_broker(proof: Proof) -> None:
    proof.facts("everything_there")
    assert proof.availability("second") == "offline"


def test_a_boot_waits_for_neither_mpd_nor_broker_nor_camera(proof: Proof) -> None:
    facts = proof.facts("nothing_there")
    print(f"READY {facts['times']['start_to_ready_s']} s after the process began")
    assert facts["before"] == {"mpd.service": False, "mosquitto.service": False}
    assert facts["ready_s"] is not None


def test_servers_that_come_late_are_found_within_seconds(proof: Proof) -> None:
    facts = proof.facts("nothing_there")
    assert facts["plays_s"] < BACK_S
    assert facts["online_s"] is not None
    assert facts["state"]["camera_health"] != "ok"
    assert facts["same_process"]


def test_uninstalling_leaves_config_and_state_alone(proof: Proof) -> None:
    facts = proof.facts("uninstalled")
    assert facts["install"]["status"] == 0, facts["install"]["said"]
    assert facts["config"]
    assert "labels.db" in facts["state"]
    assert facts["left"] == []
    assert facts["units"].strip() == ""
    assert facts["left_over"] == []
    assert all(facts["company"].values()), facts["company"]


def test_purging_leaves_nothing_of_it_and_all_of_the_others(proof: Proof) -> None:
    facts = proof.facts("purged")
    assert facts["install"]["status"] == 0, facts["install"]["said"]
    assert facts["left"] == []
    assert facts["user"] == ""
    assert all(facts["company"].values()), facts["company"]


def owned(owner: str, group: str, mode: str) -> dict[str, str]:
    """As world.entry has it."""
    return {"owner": owner, "group": group, "mode": mode}
