"""The caller that a scenario describes."""

import dataclasses

from simulator.twilio.caller import CallerOptions
from simulator.twilio.faults import NO_FAULTS, CallerFaults
from simulator.twilio.scenario import Scenario
from simulator.twilio.status_callbacks import StatusCallback


def scenario_options(
    scenario: Scenario,
    voice_url: str,
    *,
    status_callback: StatusCallback | None = None,
    faults: CallerFaults = NO_FAULTS,
    record: bool = True,
) -> CallerOptions:
    """Return the options of a scenario's caller: its numbers, voice and line noise.

    Args:
        scenario: Who calls whom.
        voice_url: The server's public voice webhook.
        status_callback: Where the call's states are reported.
        faults: What else the caller does wrong; the scenario's noise joins them.
        record: Keep both sides' audio.
    """
    if scenario.noise_dbfs is not None:
        faults = dataclasses.replace(faults, noise_dbfs=scenario.noise_dbfs)
    return CallerOptions(
        voice_url=voice_url,
        to_number=scenario.to_number,
        from_number=scenario.from_number,
        status_callback=status_callback,
        voice=scenario.voice,
        record=record,
        faults=faults,
    )
