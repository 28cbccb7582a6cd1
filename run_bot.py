"""The one command line: `python run_bot.py --help`.

Thin on purpose: a verb's module is imported when the verb runs, so that help is there at once, and after the log
was set up, so that libraries that log on import keep quiet.
"""

import sys
from typing import Annotated

import typer

from cli.keys import keys
from cli.simulator_extra import require_simulator
from cli.start import start_conversation, start_server_process
from config.errors import PhoneAgentError

_FAILED = 2

app = typer.Typer(
    name="run_bot.py",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


app.add_typer(keys, name="keys", rich_help_panel="Run")


@app.callback()
def about() -> None:
    """[bold]A self-hosted AI phone agent.[/bold] It answers calls, from your own documents.

    [bold]First look, no keys needed[/bold]

      $ python run_bot.py demo                   one simulated phone call, shown live

    [bold]Try an agent's words, without a telephone[/bold]

      $ python run_bot.py chat                   the first agent
      $ python run_bot.py chat --agent agent_…   a certain one
      $ echo "What does it cost?" | python run_bot.py chat --simulated
      $ python run_bot.py talk                   by microphone and headphones
      $ echo '{"text": "that is all", "context": "Anything else?"}' | python run_bot.py intents

    [bold]Take real calls[/bold]

      $ cp .env.example .env                     then fill in Twilio, Deepgram, PUBLIC_URL
      $ python run_bot.py serve
      $ python run_bot.py keys --help            who may use the REST API

    Settings come from the environment and from [bold].env[/bold]; [bold].env.example[/bold] explains each.
    """


@app.command(rich_help_panel="Try")
def demo() -> None:
    """Place one simulated call against a real server and show it.

    Greeting, a question that only the sample documents answer, an interruption, a booking that needs a spoken
    "yes", a goodbye: with real audio over real HTTP and WebSockets. Vendors without a key or server are simulated,
    and the screen says which. Everything it makes is in its own folder under [bold]var/demo[/bold].

    Exit code: 0 if all of it happened, 1 if something did not, 2 if it could not start.
    """
    settings = start_conversation()
    require_simulator()
    from cli.demo import run_demo  # noqa: PLC0415

    raise typer.Exit(run_demo(settings))


@app.command(rich_help_panel="Try")
def chat(
    agent: Annotated[str | None, typer.Option(help="Id of the agent; the oldest active one otherwise.")] = None,
    simulated: Annotated[bool, typer.Option("--simulated", help="Use the simulator's model, not Ollama.")] = False,
) -> None:
    """Talk to an agent as text, through the pipeline of a call.

    Retrieval, tools with consent, prompt and history are those of a telephone call, and the conversation is
    stored like one. Reads standard input when it is not a terminal. The server must not run meanwhile.
    """
    settings = start_conversation()
    if simulated:
        require_simulator()
    from cli.chat import run_chat  # noqa: PLC0415

    raise typer.Exit(run_chat(settings, agent_id=agent, simulated=simulated))


@app.command(rich_help_panel="Try")
def talk(
    agent: Annotated[str | None, typer.Option(help="Id of the agent; the oldest active one otherwise.")] = None,
    input_device: Annotated[
        str | None, typer.Option(help="Microphone: its number, or part of its name; the system's otherwise.")
    ] = None,
    output_device: Annotated[str | None, typer.Option(help="Speaker, likewise. Headphones are best.")] = None,
    list_devices: Annotated[
        bool, typer.Option("--list-devices", help="Show microphones and speakers, and end.")
    ] = False,
) -> None:
    """Talk to an agent by microphone and speaker, as on the telephone.

    Needs DEEPGRAM_API_KEY, Ollama, and PyAudio (the extra [bold]local[/bold]). Wear headphones: there is no echo
    cancellation. Shows words and times as they come, and stores the conversation like any other. A server may run
    meanwhile. Ctrl-C hangs up.

    Exit code: 0 after a call, 1 if it failed, 2 if it could not start.
    """
    settings = start_conversation()
    from cli.talk import TalkOptions, run_talk, show_devices  # noqa: PLC0415

    if list_devices:
        raise typer.Exit(show_devices())
    raise typer.Exit(run_talk(settings, TalkOptions(agent, input_device, output_device)))


@app.command(rich_help_panel="Try")
def intents() -> None:
    """Read JSON lines on standard input and print what each turn does to a call.

    A line is {"text": "no, that's all", "context": "Anything else?"}: the caller's words, and the agent's last
    sentence or null. The answer is {"label": "goodbye", "score": 0.97}. Labels are human, goodbye, repeat, stop,
    no, yes and other. A line that cannot be used is answered with {"error": …, "line": …}, and the exit code is 1.
    """
    start_conversation()
    from cli.intents import run_intents  # noqa: PLC0415

    raise typer.Exit(run_intents())


@app.command(rich_help_panel="Run")
def serve(
    trusted_proxies: Annotated[
        str | None,
        typer.Option(help="Addresses, by commas, of proxies whose X-Forwarded-… headers are believed."),
    ] = None,
) -> None:
    """Run the server: telephone calls and the REST API.

    On an empty database it makes the sample agent and routes TWILIO_PHONE_NUMBER to it. Without any API key it
    makes one and prints it, once. SIGTERM and Ctrl-C let running calls end first (DRAIN_SECONDS); a second Ctrl-C
    does not wait.
    """
    settings = start_server_process()
    from cli.serve import run_serve  # noqa: PLC0415

    run_serve(settings, trusted_proxies=trusted_proxies)


@app.command(rich_help_panel="Run")
def ingest(
    source: Annotated[str, typer.Argument(metavar="PATH|URL", help="A file, a folder, or an address.")],
    agent: Annotated[
        str | None, typer.Option(metavar="ID", help="Whose documents; the oldest active agent otherwise.")
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="A running server, to be used over REST; without it none may be running."
        ),
    ] = None,
    key: Annotated[str | None, typer.Option(help="Key for --server; otherwise the first of API_KEYS.")] = None,
) -> None:
    """Give an agent documents to answer from.

    PDF, Word (DOCX), Excel (XLSX), HTML, Markdown, text, CSV and JSON; whole folders; pages of the web. A folder
    with a [bold]config.json[/bold] and a folder [bold]knowledge/[/bold] makes an agent of that name, if there is
    none. The same document twice is one; a changed one takes the place of the one before. Interrupted, the same
    command goes on where it was.

    Exit code: 0 if all documents were taken in, 1 if some were not, 2 if it could not start.
    """
    settings = start_conversation()
    from cli.ingest import run_ingest  # noqa: PLC0415

    raise typer.Exit(run_ingest(settings, source, agent_id=agent, server=server, key=key))


@app.command(
    rich_help_panel="Measure",
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def bench(context: typer.Context) -> None:
    """Measure latency, cost and memory with simulated calls (`bench --help`)."""
    require_simulator()
    from bench.cli import main as run_bench  # noqa: PLC0415

    raise typer.Exit(run_bench(context.args))


def main() -> None:
    """Run the command line; an error that a person can do something about is one message and exit code 2."""
    try:
        app()
    except PhoneAgentError as error:
        sys.stderr.write(f"{error.message}\n")
        sys.exit(_FAILED)


if __name__ == "__main__":
    main()
