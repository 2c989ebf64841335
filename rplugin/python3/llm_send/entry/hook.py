"""The careful half of the gate, for every case that gate.sh is not certain of.

A copy of this file (and of rules.py) lies in every guarded pane's folder and runs with whatever Python there is: the
standard library only, nothing that an upgrade or a removed environment could take away. What it prints is a decision
for Claude Code; ending with exit 0 is what lets Claude go on, and the hook's command line turns every other end into
a block. So nothing here catches an exception to carry on.

    hook.py prompt [FOLDER] <EVENT    may this prompt go to the model?
    hook.py tool [FOLDER]             wait until no sender's keys can meet the dialog this tool use may open
    hook.py drain [FOLDER]            become the program that works off the pane's queue
"""

from __future__ import annotations

# ruff: noqa: PTH100, PTH105, PTH108, PTH118, PTH120, PTH123, PTH208, SIM105
# In the path of every send: pathlib and contextlib alone would cost a tenth of this program's time.
import fcntl
import json
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, Any, NoReturn

if __package__:
    from llm_send import rules
else:
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import rules  # type: ignore[import-not-found,no-redef]

KEYS_DEADLINE = 2.0  # seconds a tool use waits for a sender
RECORDED = ("session_id", "transcript_path", "cwd", "prompt_id", "permission_mode", "hook_event_name")
NAMES = {"default": "normal mode", "plan": "plan mode", "acceptEdits": "auto-accept mode"}


def main() -> None:
    what = sys.argv[1]
    folder = sys.argv[2] if len(sys.argv) > 2 else os.path.dirname(os.path.abspath(__file__))
    os.umask(0o077)
    if what == "drain":
        drain(folder)
    answer = prompt(folder, json.loads(sys.stdin.buffer.read())) if what == "prompt" else tool(folder)
    if answer:
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def drain(folder: str) -> NoReturn:
    """In a session of its own: neither the hook's deadline nor the pane's end takes it along."""
    os.setsid()
    os.execvp("sh", ["sh", os.path.join(folder, "drain")])  # noqa: S606 — the person's own sh


def prompt(folder: str, event: dict[str, object]) -> dict[str, object] | None:
    """Decide one prompt and record it. What it returns is printed for Claude; None lets it pass without a word."""
    text = rules.normal(str(event["prompt"]))
    mode = str(event["permission_mode"]).replace("manual", "default")  # an alias since 2.1.200
    pane = read_pane(folder)
    own = find_expected(folder, text)
    verdict, answer = decide(pane, mode, own, text)
    mine = {"verdict": verdict, "pid": int(os.environ.get("CLAUDE_PID", "0") or 0)}
    if own:
        mine |= {"id": own["id"], "sha256": own["hash"], "length": own["length"]}
    clear(os.path.join(folder, "pending"))
    shown = {key: event[key] for key in RECORDED if key in event}
    record(folder, shown | {"llm_send": mine}, str(own["id"]) if own else str(os.getpid()))
    if own and verdict in ("passed", "blocked_mode"):
        forget(folder, own)
    return answer


def decide(
    pane: dict[str, str], mode: str, own: dict[str, Any] | None, text: str
) -> tuple[str, dict[str, object] | None]:
    """The verdict and what to print for it."""
    if own and own["hash"] != rules.digest(text):
        return "blocked_merged", block(
            "This prompt holds a text that llm-send was delivering, and something else. Nothing was sent to Claude: "
            "clear or finish what stands in the box, then send again."
        )
    if own and own["mode"] != mode:
        return "blocked_mode", block(
            f"This prompt was sent for {name(own['mode'])}, but Claude is in {name(mode)}. Nothing was sent to Claude."
        )
    if own or pane["lock"] in ("", mode):
        return "passed", None
    words = f"This pane is locked to {name(pane['lock'])}, but Claude is in {name(mode)}"
    if pane["policy"] == "block":
        return "blocked_lock", block(f"{words}. Nothing was sent to Claude: press Shift+Tab, then Enter again.")
    return "passed", {"systemMessage": f"llm-send: {words}."}


def name(mode: str) -> str:
    return NAMES.get(mode, f"“{mode}” mode")


def block(reason: str) -> dict[str, object]:
    return {"decision": "block", "reason": f"llm-send: {reason}"}


def read_pane(folder: str) -> dict[str, str]:
    with open(os.path.join(folder, "pane.json"), encoding="utf-8") as file:
        pane: dict[str, str] = json.load(file)
    return pane


def find_expected(folder: str, text: str) -> dict[str, Any] | None:
    """The live expected prompt that this text is or contains; one that equals it is preferred."""
    live = [one for one in expected(folder) if one["deadline"] > time.time()]
    digest = rules.digest(text)
    for one in live:
        if one["hash"] == digest:
            return one
    for one in live:
        if holds(text, one):
            return one
    return None


def expected(folder: str) -> list[dict[str, Any]]:
    """What the senders have announced (see guard.announce). One that is gone when it is opened was just taken away by
    its sender, an empty one has arrived."""
    found = []
    for entry in sorted(os.listdir(os.path.join(folder, "expected"))):
        if not entry.startswith("."):
            try:
                with open(os.path.join(folder, "expected", entry), encoding="utf-8") as file:
                    line = file.readline()
            except FileNotFoundError:
                continue
            if line:
                mode, digest, length, rolling, deadline = line.split()
                one = {"id": entry, "mode": mode, "hash": digest, "length": int(length), "deadline": float(deadline)}
                found.append({**one, "rolling": None if rolling == "-" else int(rolling)})
    return found


def holds(text: str, one: dict[str, Any]) -> bool:
    """Whether the prompt contains an expected one. A very long one is not searched for: that a longer prompt turns up
    while it is under way, and is another, would be a wonder."""
    if one["rolling"] is None:
        return len(text) >= int(one["length"])
    return bool(rules.contains(text, one["length"], one["rolling"], one["hash"]))


def record(folder: str, event: dict[str, object], name: str) -> None:
    """One event, one file, complete when it appears. A full disk raises here, which blocks the prompt."""
    events = os.path.join(folder, "events")
    temporary = os.path.join(events, f".{os.getpid()}")
    with open(temporary, "x", encoding="utf-8") as file:
        json.dump(event, file)
    os.replace(temporary, os.path.join(events, f"prompt-{name}"))


def forget(folder: str, own: dict[str, Any]) -> None:
    try:
        os.unlink(os.path.join(folder, "expected", str(own["id"])))
    except FileNotFoundError:
        pass  # the sender was quicker


def clear(folder: str) -> None:
    for entry in os.listdir(folder):
        try:
            os.unlink(os.path.join(folder, entry))
        except FileNotFoundError:
            pass


def free(lock: int) -> bool:
    """Whether nobody holds this flock. Having it for this moment is enough: what comes now sees our pending record."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def keys_lock(folder: str) -> IO[str]:
    """Opened to be written, which NFS wants; a confined pane can only read it."""
    file = os.path.join(folder, "keys.lock")
    try:
        return open(file, "a", encoding="utf-8")
    except OSError:
        return open(file, encoding="utf-8")


def tool(folder: str) -> dict[str, object] | None:
    """Wait for the sender that holds the keys. At the bound, take its turn away, or deny this one tool call."""
    deadline = time.monotonic() + KEYS_DEADLINE
    with keys_lock(folder) as lock:
        while time.monotonic() < deadline:
            if free(lock.fileno()):
                return None
            time.sleep(0.005)  # a bounded poll: flock has no deadline of its own
    import subprocess  # half of this program's time to start, needed in this corner alone

    pane = read_pane(folder)
    command = ["tmux", "-S", pane["socket"], "set-option", "-p", "-u", "-t", pane["pane"], "@llm_send_turn"]
    try:
        taken = subprocess.run(command, capture_output=True, timeout=1, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        taken = False
    if taken:
        return None
    reason = "llm-send: a send to this pane has hung, so a dialog could be answered by its keys. Try this once more."
    return {
        "hookSpecificOutput": {
            "hookEventName": "PreToolUse",
            "permissionDecision": "deny",
            "permissionDecisionReason": reason,
        }
    }


if __name__ == "__main__":
    main()
