"""How a sound began: with voice, as most words do, or with breath, as coughs and laughter do.

Voice activity tells voice from noise, but what follows the blow of a cough, or the "h" of "ha", is voice too. What
came before it tells them from words, whose "s" or "h" is far softer than the vowel. Times are windows of 32 ms.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SoundOnsetOptions:
    """What a sound without voice must be like for the voice after it to be no word.

    Attributes:
        voiceless_probability: Voice activity's judgement below which a window is without voice …
        blow_crossings: … and is a blow if its wave changes its sign at least so often, as a share of its samples.
            Vowels and nasals, of which the model is seldom sure at once, stay below.
        blow_share: Of the loudest window of the voice, what a blow has: a cough is loudest where it has no voice.
        blow_windows: How long a blow is remembered.
        breath_crossings: The same for breath: more often than a voice, less often than the "s" or "sh" of a word.
        breath_share: What breath has of the loudest window of the voice after it.
        breath_evenness: What the softer of two windows of breath in a row has of the louder one.
        breath_windows: How long a sound that began with breath may be silent and still be the same one: between
            "ha" and "ha".
    """

    voiceless_probability: float = 0.3
    blow_crossings: float = 0.25
    blow_share: float = 0.5
    blow_windows: int = 12
    breath_crossings: tuple[float, float] = (0.35, 0.6)
    breath_share: float = 0.15
    breath_evenness: float = 0.3
    breath_windows: int = 7


class SoundOnset:
    """Follows one caller's sounds, a window at a time."""

    def __init__(self, options: SoundOnsetOptions | None = None) -> None:
        self._options = options or SoundOnsetOptions()
        self._loudest = 0.0
        self._blow = 0.0
        self._blow_windows_left = 0
        self._breath = (0.0, 0.0)
        self._breath_windows_left = 0

    @property
    def voiceless(self) -> bool:
        """Whether the present sound began without voice, as no word does."""
        return self._is_blow or self._is_breath

    @property
    def _is_blow(self) -> bool:
        return self._blow_windows_left > 0 and self._blow >= self._options.blow_share * self._loudest

    @property
    def _is_breath(self) -> bool:
        return self._breath_windows_left > 0 or self._was_breathed

    @property
    def _was_breathed(self) -> bool:
        softer, louder = sorted(self._breath)
        options = self._options
        is_even = softer > 0 and softer >= options.breath_evenness * louder
        return is_even and louder >= options.breath_share * self._loudest

    def voice(self, energy: float) -> None:
        """A window of loud voice, with its RMS."""
        self._loudest = max(self._loudest, energy)

    def other(self, probability: float, energy: float, crossings: float, *, audible: float, loud: float) -> None:
        """A window without loud voice.

        Args:
            probability: Of speech, 0…1.
            energy: RMS.
            crossings: How often the wave changes its sign, as a share of its samples.
            audible: RMS above which there is more than the line's own noise.
            loud: RMS above which something may interrupt the agent.
        """
        options = self._options
        if self._loudest and self._is_breath:
            self._breath_windows_left = options.breath_windows
        elif self._breath_windows_left:
            self._breath_windows_left -= 1
        self._loudest = 0.0
        voiceless = probability < options.voiceless_probability
        least, most = options.breath_crossings
        is_breath = voiceless and energy >= audible and least <= crossings <= most
        self._breath = (self._breath[1], energy if is_breath else 0.0)
        if voiceless and energy >= loud and crossings >= options.blow_crossings:
            self._blow = max(energy, self._blow if self._blow_windows_left else 0.0)
            self._blow_windows_left = options.blow_windows
        elif self._blow_windows_left:
            self._blow_windows_left -= 1
