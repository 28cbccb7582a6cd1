"""A callee who follows a scenario."""

from simulator.twilio.caller import Caller
from simulator.twilio.runner import ScenarioRunner
from simulator.twilio.scenario import Scenario


class ScenarioCallee:
    """Answers and does what a scenario says.

    Args:
        scenario: What to do; it begins when the media stream is up.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario

    async def take(self, caller: Caller) -> None:
        """Live through the call; ends it with the scenario."""
        await ScenarioRunner(caller, self._scenario, place=False).run()
