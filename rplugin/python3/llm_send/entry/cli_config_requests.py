"""From a command line about configuration to an action and its request."""

from argparse import Namespace
from collections.abc import Callable
from typing import Any

Call = tuple[Callable[[Any, Any], Any], object]


def given_by(given: Namespace) -> Any:
    """What the options of `cli_configured.configured` say, None if they say nothing. Raises UsageError."""
    said = (given.preset, given.claude_model, given.claude_config, given.config)
    if not given.set and not any(each is not None for each in said):
        return None
    from llm_send.config.given import Options

    return Options(*said, sets=given.set).given()


def _show(given: Namespace) -> Call:
    from llm_send.actions.config_show import ConfigShowRequest, config_show

    return config_show, ConfigShowRequest(given.pane, given.session, given_by(given))


def _check(given: Namespace) -> Call:
    from llm_send.actions.config_check import ConfigCheckRequest, config_check

    return config_check, ConfigCheckRequest(given.file)


def _schema(_given: Namespace) -> Call:
    from llm_send.actions.config_schema import ConfigSchemaRequest, config_schema

    return config_schema, ConfigSchemaRequest()


def _init(_given: Namespace) -> Call:
    from llm_send.actions.config_init import ConfigInitRequest, config_init

    return config_init, ConfigInitRequest()


def _trust(given: Namespace) -> Call:
    from llm_send.actions.config_trust import ConfigTrustRequest, config_trust

    return config_trust, ConfigTrustRequest(given.file)


def _distrust(given: Namespace) -> Call:
    from llm_send.actions.config_trust import ConfigTrustRequest, config_trust

    return config_trust, ConfigTrustRequest(given.file, trusted=False)


def _presets(_given: Namespace) -> Call:
    from llm_send.actions.presets import PresetsRequest, presets

    return presets, PresetsRequest()


CONFIG: dict[str, Callable[[Namespace], Call]] = {
    "presets": _presets,
    "config show": _show,
    "config check": _check,
    "config schema": _schema,
    "config init": _init,
    "config trust": _trust,
    "config distrust": _distrust,
}
