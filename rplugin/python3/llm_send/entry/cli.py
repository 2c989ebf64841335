"""`llm-send`: one command line in, one answer out. It translates and formats; it decides nothing."""

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING, Any, NoReturn

from llm_send.entry import report
from llm_send.entry.cli_arguments import parse, wants_json
from llm_send.entry.lines import sentence
from llm_send.errors import LlmSendError, Refused
from llm_send.outcomes import EXIT

if TYPE_CHECKING:
    from llm_send.actions.run import RunResult

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    argv = sys.argv[1:] if argv is None else argv
    json = wants_json(argv)
    try:
        given = _parse(argv, json=json)
        return _run(given) if isinstance(given, Namespace) else given
    except LlmSendError as error:
        return _say_error(error, json=json)
    except KeyboardInterrupt:
        return _say_error(LlmSendError("interrupted", "Interrupted.", None), json=json, code=INTERRUPTED)
    except Exception as error:  # noqa: BLE001  # the last resort: nobody is shown a traceback
        from llm_send.entry.full_report import unexpected
        from llm_send.paths import paths_of

        return _say_error(unexpected(error, f"llm-send {_verb(argv)}", paths_of(os.environ)), json=json)


def _parse(argv: Sequence[str], *, json: bool) -> Namespace | int:
    """What was asked for, or the exit code after `--help` and `--version`."""
    text = StringIO()
    try:
        with redirect_stdout(text):
            return parse(argv)
    except SystemExit as done:
        _print(
            report.as_json(report.envelope({"text": text.getvalue()}, ok=True)) if json else text.getvalue().rstrip()
        )
        return int(done.code or 0)


def _run(given: Namespace) -> int:
    from llm_send.entry.cli_context import context_for
    from llm_send.entry.cli_requests import request_of

    if given.verb == "mcp":
        from llm_send.entry.mcp import main as serve

        return serve(context_for(given, os.environ), given.compat)
    action, request = request_of(given)
    context = context_for(given, os.environ)
    try:
        result = action(context, request)
    except Refused as refusal:
        stronger = _agreed(given, refusal, request)
        if stronger is None:
            raise
        result = action(context, stronger)
    if given.verb == "run":
        return _become(given, result)
    return _say_result(given, result)


def _become(given: Namespace, result: "RunResult") -> NoReturn:
    """`run` ends by being Claude. What there is to say comes before it draws."""
    for notice in result.notices:
        _print(sentence("!", notice, None), to=sys.stderr)
    if result.why:
        message = f"llm-send cannot send to this {given.mode.label} Claude"
        _print(sentence("!", message, result.why), to=sys.stderr)
    result.become()


def _agreed(given: Namespace, refusal: Refused, request: Any) -> Any:
    """`close` asks first, where there is somebody to ask: the request with their consent in it, else None."""
    would_do = given.verb == "close" and "--force" in (refusal.hint or "")
    if given.json or not would_do or not sys.stdin or not sys.stdin.isatty() or not sys.stderr.isatty():
        return None
    from dataclasses import replace

    _print(sentence("?", refusal.message, "Close it all the same? [y/N] "), to=sys.stderr, end="")
    answer = sys.stdin.readline().strip().lower()
    return replace(request, force=True) if answer in ("y", "yes") else None


def _say_result(given: Namespace, result: Any) -> int:
    shown = result.as_dict()
    code = _exit_code(shown)
    if given.json:
        _print(report.as_json(report.envelope(shown, ok=code == 0)))
        return code
    # What was not done is an error's text: a pipe behind us must not take it for an answer. The doctor's always is one.
    to = sys.stdout if code == 0 or given.verb == "doctor" else sys.stderr
    _print("\n".join(report.text_of(given.verb, shown, os.environ.get("HOME"))), to=to)
    return code


def _exit_code(shown: dict[str, Any]) -> int:
    if "outcome" in shown:
        return EXIT[shown["outcome"]]
    return int(any(check["status"] == "error" for check in shown.get("checks", ())))


def _say_error(error: LlmSendError, *, json: bool, code: int | None = None) -> int:
    if json:
        # Some errors have something to show all the same: a refused spawn the pane it left open.
        _print(report.as_json(report.error_envelope(error, getattr(error, "result", {}))))
    else:
        _print(report.error_text(error), to=sys.stderr)
    return error.exit_code if code is None else code


def _print(text: str, *, to: Any = None, end: str = "\n") -> None:
    """Print for good: what nobody reads any more is no error of ours, and must not become one at exit."""
    to = to or sys.stdout
    if to is None:  # the stream was closed when we started
        return
    if hasattr(to, "reconfigure"):
        to.reconfigure(errors="replace")  # a locale without ✓, a path that is not UTF-8
    try:
        print(text, file=to, end=end, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), to.fileno())


def _verb(argv: Sequence[str]) -> str:
    from llm_send.entry.cli_verbs import VERBS

    return next((word for word in argv if word in VERBS), "")


if __name__ == "__main__":
    sys.exit(main())
