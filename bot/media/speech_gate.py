"""From voice activity windows to "started speaking" and "paused": the caller's side of turn-taking.

A pure state machine, fed once per 32 ms window, so that every rule can be tested without audio.
"""

from dataclasses import dataclass
from enum import StrEnum

NOISE_CROSSINGS = 0.5
"""How often white noise changes its sign, as a share of its samples."""


class SpeechEdge(StrEnum):
    """What a window can bring about."""

    STARTED = "started"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class SpeechGateOptions:
    """When a sound counts as the caller's speech.

    Attributes:
        start_windows: Windows of likely speech in a row that begin it.
        pause_windows: Windows without, in a row, that make a pause.
        start_probability: Likely speech, while silent.
        keep_probability: Likely speech, while speaking (lower: word ends are soft).
        floor_energy: RMS (int16) under which nothing is speech, whatever the model says.
        sure_probability: Speech beyond doubt: then the window before it counts as its beginning, for many words
            begin without voice ("stop", "sorry", "hold on") or in the middle of a window.
        onset_share: Of the energy that may interrupt, what such a beginning must have.
        voiceless_probability: Below it a loud window is a blow: a cough, a door …
        voiceless_crossings: … if the wave changes its sign at least this often, as a share of its samples. Vowels
            and nasals, of which the model is seldom sure at once, stay below.
        blow_share: Of the loudest window of a sound, how loud the blow before it has to be for the sound to belong
            to it. The "s" of "sorry" is far softer than its vowel; a cough is loudest where it has no voice.
        blow_windows: How long a blow is remembered.
        noise_factor: Within this factor of the line's usual noise there is nothing but that noise …
        most_noise_energy: … unless its RMS is above this, where speech could hide in it.
    """

    start_windows: int = 2
    pause_windows: int = 3
    start_probability: float = 0.5
    keep_probability: float = 0.35
    floor_energy: float = 60.0
    sure_probability: float = 0.75
    onset_share: float = 0.375
    voiceless_probability: float = 0.3
    voiceless_crossings: float = 0.25
    blow_share: float = 0.5
    blow_windows: int = 12
    noise_factor: float = 1.6
    most_noise_energy: float = 250.0


class SpeechGate:
    """Decides per window whether the caller is speaking, and tracks the line's noise level.

    Args:
        options: Thresholds.
        min_energy: Least RMS of speech that may interrupt the agent (`INTERRUPT_MIN_ENERGY`).
        baseline_factor: How far over the line's noise it must be besides (`INTERRUPT_BASELINE_FACTOR`).
    """

    def __init__(self, options: SpeechGateOptions, *, min_energy: float, baseline_factor: float) -> None:
        self._options = options
        self._min_energy = min_energy
        self._baseline_factor = baseline_factor
        self._run = 0
        self._previous_energy = 0.0
        self._loudest = 0.0
        self._blow_energy = 0.0
        self._blow_windows_left = 0
        self.speaking = False
        self.baseline = 0.0
        """Smoothed RMS of the line while nobody speaks on it."""
        self.loud_windows = 0
        """Windows in a row, up to now, of likely speech that is loud enough to interrupt."""
        self.likely = False
        """Whether the last window was likely speech, however loud."""

    @property
    def interruption_energy(self) -> float:
        """RMS that speech must reach to interrupt the agent."""
        return max(self._min_energy, self.baseline * self._baseline_factor)

    @property
    def audible_energy(self) -> float:
        """RMS above which there is something on the line besides its own noise."""
        return max(self._options.floor_energy, self.baseline * self._baseline_factor)

    @property
    def blow(self) -> bool:
        """Whether the present sound began with a blow."""
        return self._blow_windows_left > 0 and self._blow_energy >= self._options.blow_share * self._loudest

    def is_silence(self, energy: float) -> bool:
        """Whether a window of that RMS holds nothing but the line's own noise, so that no model need judge it."""
        noise = min(self.baseline * self._options.noise_factor, self._options.most_noise_energy)
        return energy < max(self._options.floor_energy, noise)

    def feed(self, probability: float, energy: float, crossings: float = NOISE_CROSSINGS) -> SpeechEdge | None:
        """Take one window.

        Args:
            probability: Of speech, 0…1.
            energy: RMS in int16 units.
            crossings: How often the wave changes its sign, as a share of its samples.

        Returns:
            An edge, if this is one.
        """
        options = self._options
        threshold = options.keep_probability if self.speaking else options.start_probability
        likely = self.likely = probability >= threshold and energy >= options.floor_energy
        if likely and energy >= self.interruption_energy:
            begun = (
                probability >= options.sure_probability
                and self._previous_energy >= options.onset_share * self.interruption_energy
            )
            self.loud_windows += 2 if begun and not self.loud_windows else 1
            self._loudest = max(self._loudest, energy)
        else:
            self.loud_windows = 0
            self._loudest = 0.0
            self._watch_for_blow(probability, energy, crossings)
        self._previous_energy = energy
        if not likely and not self.speaking:
            self.baseline += (energy - self.baseline) * 0.05
        return self._advance(likely)

    def _watch_for_blow(self, probability: float, energy: float, crossings: float) -> None:
        voiceless = (
            probability < self._options.voiceless_probability and crossings >= self._options.voiceless_crossings
        )
        if voiceless and energy >= self.interruption_energy:
            self._blow_energy = max(energy, self._blow_energy if self._blow_windows_left else 0.0)
            self._blow_windows_left = self._options.blow_windows
        elif self._blow_windows_left:
            self._blow_windows_left -= 1

    def _advance(self, likely: bool) -> SpeechEdge | None:
        if likely is self.speaking:
            self._run = 0
            return None
        self._run += 1
        needed = self._options.pause_windows if self.speaking else self._options.start_windows
        if self._run < needed:
            return None
        self._run = 0
        self.speaking = likely
        return SpeechEdge.STARTED if likely else SpeechEdge.PAUSED
