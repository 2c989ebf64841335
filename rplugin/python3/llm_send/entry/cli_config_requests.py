"""From a command line about configuration to an action and its request."""

import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import Any

Call = tuple[Callable[[Any, Any], Any], object]


def given_by(given: Namespace) -> Any:
    """What the options of `cli_configured.configured` say, None if they say nothing. Raises UsageError."""
    said = (given.preset, given.claude_model, given.claude_config, given.config)
    if not given.set and not any(each is not None for each in said):
        return None
    from llm_send.config.given import Options

    return Options(*said, sets=given.set).given()


def _set(given: Namespace) -> Call:
    from llm_send.actions.configure import SetRequest, set_config
    from llm_send.errors import UsageError

    given.set = [*given.set, *given.keys]
    said = given_by(given)
    if said is None:
        raise UsageError("usage", "Nothing is to be changed.", "For example: llm-send set claude-plan model=haiku")
    alone = given.yes or given.json or not sys.stdin.isatty()
    return set_config, SetRequest(given.pane, said, None if alone else _agree)


def _agree(changes: Sequence[Any], lost: Sequence[str]) -> bool:
    """Ask the person at this terminal."""
    from llm_send.entry.report_config import change

    for each in changes:
        print(f"  {change(each.as_dict())}", file=sys.stderr)
    print(f"Claude starts again, in the same conversation. It loses: {'; '.join(lost)}.", file=sys.stderr)
    print("Go on? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


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
    "set": _set,
    "presets": _presets,
    "config show": _show,
    "config check": _check,
    "config schema": _schema,
    "config init": _init,
    "config trust": _trust,
    "config distrust": _distrust,
}
