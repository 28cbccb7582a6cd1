"""The process's environment as a whole: for the check of setting names, and for child processes.

Nothing is looked up in it here: single settings are `config.settings`' business.
"""

import os
from collections.abc import Mapping

from config.setting_names import setting_names


def whole_environment() -> dict[str, str]:
    """A copy of the environment."""
    return dict(os.environ)


def child_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """An environment in which exactly these settings are set.

    What else is there (paths, locale, caches, proxies) stays; every other setting of ours is taken out, so that
    a child does not mix what it is told with what its parent was told.
    """
    ours = set(setting_names())
    kept = {name: value for name, value in whole_environment().items() if name.upper() not in ours}
    return {**kept, **settings}
