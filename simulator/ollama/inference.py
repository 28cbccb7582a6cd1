"""One request's way through the stand-in: fault, load, slot, prompt cache, rules, paced tokens."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from simulator.ollama.errors import OllamaError, missing_capability, model_not_found
from simulator.ollama.faults import Fault, FaultKind, FaultPlan
from simulator.ollama.generation import ConnectionCutError, Event, Finished, pause, plan_reply, play
from simulator.ollama.ledger import Entry, Ledger
from simulator.ollama.models import SimulatedModel, canonical_name
from simulator.ollama.options import OllamaOptions
from simulator.ollama.rendering import fit_to_context, prompt_tokens
from simulator.ollama.requests import SamplingOptions
from simulator.ollama.residency import Residency
from simulator.ollama.responder.prompt import Prompt, Reply
from simulator.ollama.responder.respond import respond
from simulator.ollama.scripts import ScriptBook


@dataclass(frozen=True, slots=True)
class Job:
    """One reply to generate."""

    model: SimulatedModel
    prompt: Prompt
    sampling: SamplingOptions
    keep_alive: float
    """Seconds."""
    think: bool


class Inference:
    """The server's state: models, slots, scripts, faults, and the ledger of what happened."""

    def __init__(self, options: OllamaOptions) -> None:
        self.options = options
        self.ledger = Ledger(options.remembered_requests)
        self.faults = FaultPlan(options.faults)
        self.scripts = ScriptBook(options.scripts)
        self.residency = Residency(options, time.monotonic)
        self.library = {canonical_name(model.name): model for model in options.models}
        names = self.library if options.installed is None else map(canonical_name, options.installed)
        self.installed = {name: self.library[name] for name in names}

    def model(self, name: str) -> SimulatedModel:
        """The installed model of that name.

        Raises:
            OllamaError: 400 without a name, 404 if it is not installed.
        """
        if not name.strip():
            raise OllamaError(400, "model is required")
        model = self.installed.get(canonical_name(name))
        if model is None:
            raise model_not_found(name)
        return model

    def require(self, model: SimulatedModel, name: str, *, tools: bool, think: bool, task: str) -> None:
        """Checks a request against the model's capabilities.

        Raises:
            OllamaError: 400, in Ollama's words.
        """
        if think and "thinking" not in model.capabilities:
            raise OllamaError(400, f'"{name}" does not support thinking')
        if "completion" not in model.capabilities:
            raise OllamaError(400, f'"{name}" does not support {task}')
        if tools and "tools" not in model.capabilities:
            raise missing_capability(model.full_name, "tools")

    async def run(self, job: Job, entry: Entry) -> AsyncGenerator[list[Event]]:
        """Generates; closing the iterator, or cancelling the task that reads it, frees the slot at once.

        Raises:
            OllamaError: 503 if the queue is full, or what an `error` fault says.
            ConnectionCutError: By a fault's wish.
        """
        begun = time.monotonic_ns()
        fault = self.faults.take()
        _fail_at_once(fault, entry)
        async with self.residency.use(job.model, job.keep_alive) as resident:
            loaded = time.monotonic_ns()
            num_ctx = job.sampling.num_ctx or resident.context_length
            prompt = fit_to_context(job.prompt, num_ctx)
            tokens = prompt_tokens(prompt)
            async with resident.pool.take(tokens) as slot:
                if fault is not None and fault.kind is FaultKind.HANG:
                    await pause(fault)
                started = time.monotonic_ns()
                evaluated = slot.evaluate(tokens)
                plan = plan_reply(self._reply(job, prompt), job.sampling.num_predict, job.sampling.stop)
                entry.note(
                    slot=slot.index,
                    prompt_tokens=len(tokens),
                    evaluated_tokens=evaluated,
                    truncated=prompt is not job.prompt,
                    queued_seconds=(started - loaded) / 1e9,
                    reply="".join(plan.tokens),
                )
                wait = self._prompt_seconds(evaluated)
                events = play(plan, self.options, fault, wait, entry.number)
                async with aclosing(events):
                    async for batch in events:
                        yield batch
                await asyncio.sleep(0)
                slot.append(list(plan.tokens))
                ended = time.monotonic_ns()
        prompt_duration = min(ended - started, int(wait * 1e9))
        entry.note(done_reason=plan.done_reason)
        finished = Finished(
            plan.done_reason,
            ended - begun,
            loaded - begun,
            evaluated,
            max(1, prompt_duration),
            len(plan.tokens),
            max(1, ended - started - prompt_duration),
        )
        yield [finished]

    def _prompt_seconds(self, evaluated: int) -> float:
        speed = self.options.prompt_tokens_per_second
        return self.options.first_token_seconds + (evaluated / speed if speed else 0.0)

    def _reply(self, job: Job, prompt: Prompt) -> Reply:
        reply = self.scripts.reply_to(prompt) or respond(prompt)
        if not job.think:
            return replace(reply, thinking="")
        return reply if reply.thinking else replace(reply, thinking="Let me see what was asked.")


def _fail_at_once(fault: Fault | None, entry: Entry) -> None:
    if fault is None:
        return
    entry.note(fault=fault.kind.value)
    if fault.kind is FaultKind.REFUSE:
        raise ConnectionCutError
    if fault.kind is FaultKind.ERROR:
        raise OllamaError(fault.status, fault.message)
