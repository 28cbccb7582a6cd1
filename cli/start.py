"""What every verb begins with: settings, and the log set up before anything heavy is imported.

pipecat logs when it is imported; only a log that is set up by then can keep it quiet.
"""

from loguru import logger

from cli.environment import whole_environment
from config.logging import configure_logging
from config.setting_names import settings_warnings
from config.settings import DEFAULT_ENV_FILE, Settings, load_settings, read_env_file

QUIET = "WARNING"
"""Log level of verbs whose screen is for people."""


def start_server_process() -> Settings:
    """Settings of a server, its log, and warnings about what looks like a setting and is none.

    Whether it may be served with them is asked here, before the seconds that importing the server takes.

    Raises:
        ConfigurationError: The settings cannot be used.
    """
    settings = load_settings()
    configure_logging(settings.log_level.value, settings.log_file, secrets=settings.secret_values())
    for warning in settings_warnings(whole_environment(), read_env_file(DEFAULT_ENV_FILE)):
        logger.warning(warning)
    settings.require_servable()
    return settings


def start_conversation() -> Settings:
    """Settings of a verb that uses the screen; only warnings and errors are logged, to stderr.

    Raises:
        ConfigurationError: The settings cannot be used.
    """
    settings = load_settings()
    configure_logging(QUIET, None, secrets=settings.secret_values())
    return settings
