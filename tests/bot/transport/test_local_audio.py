"""Sound devices: found, chosen, and refused with words that help."""

import builtins
import os
import sys
import types
from collections.abc import Mapping

import pytest

from bot.transport.local_audio import Way, choose_device, list_devices, load_audio
from config.errors import ConfigurationError
from tests.bot.transport.fake_audio import DEVICES, FakeAudioHost


def test_devices_say_what_they_are_for() -> None:
    microphone, speakers, headset, _ = list_devices(FakeAudioHost())
    assert (microphone.serves(Way.INPUT), microphone.serves(Way.OUTPUT)) == (True, False)
    assert (speakers.is_default(Way.INPUT), speakers.is_default(Way.OUTPUT)) == (False, True)
    assert headset.serves(Way.INPUT)
    assert headset.serves(Way.OUTPUT)


@pytest.mark.parametrize(
    ("way", "wanted", "index"),
    [
        (Way.INPUT, None, 0),
        (Way.OUTPUT, None, 1),
        (Way.INPUT, "2", 2),
        (Way.INPUT, "head", 2),
        (Way.OUTPUT, "BLUETOOTH", 3),
    ],
)
def test_a_device_is_chosen_by_number_or_name(way: Way, wanted: str | None, index: int) -> None:
    assert choose_device(list_devices(FakeAudioHost()), way, wanted).index == index


@pytest.mark.parametrize(
    ("way", "wanted", "complaint"),
    [
        (Way.OUTPUT, "headset", "2 speakers match 'headset'"),
        (Way.INPUT, "9", "no microphone '9'"),
        (Way.INPUT, "1", "no microphone '1'"),
        (Way.OUTPUT, "gramophone", "no speaker 'gramophone'"),
    ],
)
def test_a_device_that_is_not_there_is_refused(way: Way, wanted: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match="--list-devices") as refusal:
        choose_device(list_devices(FakeAudioHost()), way, wanted)
    assert complaint in refusal.value.message


def test_without_a_default_the_first_device_that_can_serves() -> None:
    devices = list_devices(FakeAudioHost(defaults=(None, None)))
    assert choose_device(devices, Way.OUTPUT, None).index == 1


def test_a_machine_without_a_microphone_is_told_so() -> None:
    devices = list_devices(FakeAudioHost(devices=DEVICES[1:2], defaults=(None, None)))
    with pytest.raises(ConfigurationError, match="no microphone on this machine"):
        choose_device(devices, Way.INPUT, None)


def _import_raises(monkeypatch: pytest.MonkeyPatch, error: ImportError) -> None:
    real = builtins.__import__

    def fake(
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: tuple[str, ...] | None = (),
        level: int = 0,
    ) -> types.ModuleType:
        if name == "pyaudio":
            raise error
        return real(name, globals, locals, fromlist or (), level)

    monkeypatch.delitem(sys.modules, "pyaudio", raising=False)
    monkeypatch.setattr(builtins, "__import__", fake)


@pytest.mark.parametrize(
    ("error", "complaint"),
    [
        (ModuleNotFoundError("No module named 'pyaudio'"), "which is not installed"),
        (ImportError("libportaudio.so.2: cannot open shared object file"), "does not find the PortAudio library"),
    ],
)
def test_what_is_not_installed_is_named_with_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, error: ImportError, complaint: str
) -> None:
    _import_raises(monkeypatch, error)
    with pytest.raises(ConfigurationError) as refusal:
        load_audio()
    for text in (complaint, "apt install portaudio19-dev", "pipecat-ai[local]"):
        assert text in refusal.value.message


def test_what_the_sound_system_prints_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def noisy() -> FakeAudioHost:
        os.write(2, b"ALSA lib confmisc.c:855:(parse_card) cannot find card '0'\n")
        return FakeAudioHost()

    module = types.ModuleType("pyaudio")
    module.PyAudio = noisy  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pyaudio", module)
    assert load_audio().get_device_count() == len(DEVICES)
    assert capfd.readouterr().err == ""


def test_a_sound_system_that_does_not_start_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> FakeAudioHost:
        raise OSError("[Errno -9999] Unanticipated host error")

    module = types.ModuleType("pyaudio")
    module.PyAudio = broken  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pyaudio", module)
    with pytest.raises(ConfigurationError, match="does not start"):
        load_audio()
