from bot.transport.fault_meter import FaultMeter
from tests.bot.transport.captured_logs import captured_logs


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_one_more_than_the_limit_is_too_many() -> None:
    meter = FaultMeter(2, 60, Clock())
    exceeded = []
    for count in (meter.count_malformed, meter.count_malformed):
        count("not_json", "")
        exceeded.append(meter.too_many)
    meter.count_misplaced("StartMessage")
    exceeded.append(meter.too_many)
    assert exceeded == [False, False, True]
    assert (meter.malformed, meter.misplaced) == (2, 1)


def test_seldom_faults_are_never_too_many() -> None:
    clock = Clock()
    meter = FaultMeter(2, 60, clock)
    for _ in range(100):
        meter.count_malformed("not_json", "")
        clock.now += 40
        assert not meter.too_many
    assert meter.malformed == 100


def test_a_burst_costs_one_line_a_second() -> None:
    clock = Clock()
    meter = FaultMeter(1000, 60, clock)
    with captured_logs() as lines:
        for _ in range(50):
            meter.count_malformed("bad_base64", "media.payload")
        clock.now += 1
        meter.count_malformed("bad_base64", "media.payload")
    assert len(lines) == 2
    assert "media.payload" in lines[0]
