"""What a caller's turn does to the call: goodbye, yes, no, repeat, human, stop or other; no model is asked.

English. Rules read the closed-class phrases of calls in the light of the agent's last sentence; a small fitted
linear model, which can share the turn's embedding, reads what they leave. `docs/intents.md` has the rules of
labelling and the measured figures.
"""

from bot.intent.classifier import IntentClassifier
from bot.intent.consent import reads_as_consent
from bot.intent.labels import Intent, IntentLabel
from bot.intent.linear_model import LinearModel, load_linear_model

__all__ = ["Intent", "IntentClassifier", "IntentLabel", "LinearModel", "load_linear_model", "reads_as_consent"]
