import audioop  # the reference here: the standard library's own G.711, gone in 3.13
import struct

import numpy as np

from simulator.twilio import mulaw
from simulator.twilio.speech import background, prepare_speech
from tests.simulator.twilio.fake_agent import tone


def test_tables_equal_the_standard_library_for_every_value() -> None:
    codes = bytes(range(256))
    assert mulaw.decode(codes).tobytes() == audioop.ulaw2lin(codes, 2)
    samples = np.arange(-32768, 32768, dtype=np.int32).astype(np.int16)
    error = np.abs(mulaw.decode(mulaw.encode(samples)).astype(np.int32) - samples)
    # Half a quantisation step: 2 at zero, doubling with each of eight segments; clipping beyond 32635.
    assert (error <= np.maximum((np.abs(samples.astype(np.int32)) + 132) // 32, 4))[134:-134].all()


def test_speech_knows_its_onset_and_end() -> None:
    silence = bytes(2 * 8 * 50)
    speech = prepare_speech("x", silence + tone(0.1) + silence)
    assert (speech.onset_frame, speech.last_speech_frame) == (2, 7)
    assert len(speech.frames) == 10
    assert {len(frame) for frame in speech.frames} == {160}


def test_quiet_speech_is_no_speech_to_the_measures() -> None:
    assert prepare_speech("x", tone(0.1), level_db=-40).onset_frame is None
    assert prepare_speech("x", b"").frames == ()


def test_line_noise_has_its_level() -> None:
    noise = mulaw.decode(b"".join(background(-50.0).frames)).astype(np.float64)
    dbfs = 20 * np.log10(np.sqrt((noise**2).mean()) / 32768)
    assert abs(dbfs + 50.0) < 1.0
    assert background(None).frames == (b"\xff" * 160,)


def test_encode_of_extremes() -> None:
    extremes = np.array([-32768, -1, 0, 1, 32767], dtype=np.int16)
    decoded = mulaw.decode(mulaw.encode(extremes))
    assert struct.unpack("<5h", decoded.tobytes()) == (-32124, 0, 0, 0, 32124)
