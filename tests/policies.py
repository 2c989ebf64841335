"""The table of what agents may do: who asks, for what, and what is decided. doc/agents.md shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from llm_send.sideband.rights import Asker, Used, Wish

FULL = {"allow": ["read", "send", "spawn", "close"]}
HOME = "/project"


def asker(mode: str | None = "normal", *, depth: int = 0, left: float | None = None, **values: Any) -> Asker:
    """One that may do everything with its own panes, in its folder, with nothing else that is special."""
    return Asker("controller", mode, HOME, depth, left, {"agents": FULL, **values})


def rights(**more: Any) -> dict[str, Any]:
    return {"agents": {**FULL, **more}}


def opens(**more: Any) -> Wish:
    """Another Claude in the same folder, in normal mode."""
    said: dict[str, Any] = {"mode": "normal", "cwd": HOME, "command": ("claude",), **more}
    return Wish("spawn", opens=True, **said)


def about(tier: Literal["read", "send", "spawn", "close"], relation: Any, *shares: str, **more: Any) -> Wish:
    return Wish(tier, relation, frozenset(shares), **more)


@dataclass(frozen=True)
class Rule:
    """One row. `says` is a word of the reason."""

    case: str
    verdict: Literal["allow", "ask", "deny"]
    wish: Wish
    asker: Asker = field(default_factory=asker)
    used: Used = field(default_factory=Used)
    says: str = ""


NONE = Asker("controller", "normal", HOME)
TABLE = (
    # who
    Rule("nothing was allowed: open", "deny", opens(), NONE, says="agents.allow is empty"),
    Rule("nothing was allowed: read its own", "deny", about("read", "own"), NONE),
    Rule("may read: open", "deny", opens(), asker(agents={"allow": ["read"]}), says="open panes"),
    Rule("may read: read its own", "allow", about("read", "own"), asker(agents={"allow": ["read"]})),
    Rule("may read: prompt its own", "deny", about("send", "own"), asker(agents={"allow": ["read"]}), says="prompt"),
    Rule("may send: close its own", "deny", about("close", "own"), asker(agents={"allow": ["send"]}), says="close"),
    # which pane
    Rule("prompt its own", "allow", about("send", "own")),
    Rule("close its own", "allow", about("close", "own")),
    Rule("read itself", "allow", about("read", "self")),
    Rule("prompt itself", "deny", about("send", "self"), says="itself"),
    Rule("close itself", "deny", about("close", "self"), says="itself"),
    Rule("change itself", "deny", about("spawn", "self", values={"model": "haiku"}), says="itself"),
    Rule("prompt the agent that opened it", "deny", about("send", "above"), says="circle"),
    Rule("close the agent that opened it", "deny", about("close", "above")),
    Rule("prompt a stranger", "deny", about("send", "other"), says="did not open"),
    Rule("read a stranger", "deny", about("read", "other")),
    Rule("prompt the one above, though it is shared", "deny", about("send", "above", "send"), says="circle"),
    Rule("read the one above, which is shared", "allow", about("read", "above", "read")),
    Rule("prompt one that is shared to read", "deny", about("send", "other", "read")),
    Rule("prompt one that is shared to send", "allow", about("send", "other", "send")),
    Rule("close one that is shared to close", "allow", about("close", "other", "close")),
    Rule("change one that is shared for all", "deny", about("spawn", "other", "read", "send", "close")),
    Rule("copy itself", "allow", opens(relation="self")),
    Rule("copy a stranger", "deny", opens(relation="other")),
    Rule("copy one that is shared to read", "allow", opens(relation="other", shares=frozenset(("read",)))),
    # mode
    Rule("plan opens plan", "allow", opens(mode="plan"), asker("plan")),
    Rule("plan opens normal", "ask", opens(), asker("plan"), says="mode normal"),
    Rule("plan opens auto-accept", "ask", opens(mode="auto-accept"), asker("plan"), says="mode auto-accept"),
    Rule("normal opens auto-accept", "ask", opens(mode="auto-accept")),
    Rule("normal opens plan", "allow", opens(mode="plan")),
    Rule("auto-accept opens normal", "allow", opens(), asker("auto-accept")),
    Rule("in a mode nobody knows: opens normal", "ask", opens(), asker(None)),
    Rule("bypass opens auto-accept", "allow", opens(mode="auto-accept"), asker("claude:bypassPermissions")),
    Rule("Claude's auto opens auto-accept", "ask", opens(mode="auto-accept"), asker("claude:auto")),
    Rule("a rule gives the mode", "allow", opens(mode="auto-accept"), asker(**rights(also_modes=["auto-accept"]))),
    Rule("it brings its own to a freer mode", "ask", about("spawn", "own", mode="auto-accept")),
    # folder
    Rule("a folder below", "allow", opens(cwd="/project/src")),
    Rule("the folder above", "ask", opens(cwd="/"), says="folder /"),
    Rule("a neighbour that begins alike", "ask", opens(cwd="/project-2")),
    Rule("out by dots", "ask", opens(cwd="/project/../etc"), says="folder /etc"),
    Rule("a folder of its own, made for it", "allow", opens(cwd=None)),
    Rule("a rule gives the folder", "allow", opens(cwd="/srv/x"), asker(**rights(also_folders=["/srv"]))),
    # command
    Rule("claude --resume", "allow", opens(command=("claude", "--resume"))),
    Rule("claude --resume ID of its own", "allow",
         opens(command=("claude", "--resume", "5d1c"), known=frozenset(("5d1c",)))),
    Rule("claude --resume ID of a stranger", "ask", opens(command=("claude", "--resume", "5d1c")), says="5d1c"),
    Rule("claude --resume=ID of a stranger", "ask", opens(command=("claude", "--resume=5d1c"))),
    Rule("claude --continue", "ask", opens(command=("claude", "--continue")), says="--continue"),
    Rule("claude with a prompt", "ask", opens(command=("claude", "look at this"))),
    Rule("a command of Claude's", "ask", opens(command=("claude", "mcp", "add", "x", "y")), says="mcp add x y"),
    Rule("claude with a model", "allow", opens(command=("claude", "--model", "haiku", "--verbose"))),
    Rule("claude --add-dir", "ask", opens(command=("claude", "--add-dir", "/")), says="--add-dir"),
    Rule("claude --mcp-config", "ask", opens(command=("claude", "--mcp-config=/tmp/x"))),
    Rule("claude --allowedTools", "ask", opens(command=("claude", "--allowedTools", "Bash"))),
    Rule("a program that is called claude", "ask", opens(command=("/tmp/claude",)), says="/tmp/claude"),
    Rule("claude by a runner", "ask", opens(command=("npx", "@anthropic-ai/claude-code"))),
    Rule("a shell", "ask", opens(command=("sh", "-c", "id"), mode=None), says="the program sh"),
    Rule("a program, in auto-accept", "ask", opens(command=("make",), mode=None), asker("auto-accept")),
    Rule("a rule gives the program", "allow", opens(command=("llm", "chat", "-m", "x"), mode=None),
         asker(**rights(also_commands=["llm chat"]))),
    Rule("a rule gives another program", "ask", opens(command=("llmx", "chat"), mode=None),
         asker(**rights(also_commands=["llm chat"]))),
    # what a Claude is given
    Rule("a model", "allow", opens(values={"model": "opus", "temperature": 0.7, "context_limit": 200000})),
    Rule("a system prompt", "allow", opens(values={"system_prompt": "Be brief."})),
    Rule("a permission", "ask", opens(values={"permissions": {"allow": ["Bash"]}}), says="permissions.allow Bash"),
    Rule("a permission it has itself", "allow", opens(values={"permissions": {"allow": ["Bash(ls:*)"]}}),
         asker(permissions={"allow": ["Bash(ls:*)"]})),
    Rule("more is denied", "allow", opens(values={"permissions": {"deny": ["WebFetch"]}})),
    Rule("what it is denied is not denied", "ask", opens(values={"model": "haiku"}),
         asker(permissions={"deny": ["WebFetch"]}), says="permissions.deny without WebFetch"),
    Rule("another folder to work in", "ask", opens(values={"permissions": {"additional_directories": ["/etc"]}})),
    Rule("an MCP server", "ask", opens(values={"mcp_servers": {"x": {"command": "x"}}})),
    Rule("an MCP server it has itself", "allow", opens(values={"mcp_servers": {"x": {"command": "x"}}}),
         asker(mcp_servers={"x": {"command": "x"}})),
    Rule("its MCP server with one argument fewer", "ask", opens(values={"mcp_servers": {"x": {"args": ["/d"]}}}),
         asker(mcp_servers={"x": {"args": ["--read-only", "/d"]}})),
    Rule("its MCP server without a variable", "ask", opens(values={"mcp_servers": {"x": {"command": "x"}}}),
         asker(mcp_servers={"x": {"command": "x", "env": {"RO": "1"}}})),
    Rule("what it must ask for is not asked for", "ask", opens(values={"permissions": {"allow": ["Bash"]}}),
         asker(permissions={"allow": ["Bash"], "ask": ["Bash(git push:*)"]}), says="permissions.ask without"),
    Rule("its sandbox is not there", "ask", opens(), asker(settings={"sandbox": {"enabled": True}}),
         says="settings.sandbox.enabled"),
    Rule("its MCP server with another command", "ask", opens(values={"mcp_servers": {"x": {"command": "y"}}}),
         asker(mcp_servers={"x": {"command": "x"}})),
    Rule("a status line, which is a command", "ask", opens(values={"status_line": "curl x"})),
    Rule("no status line", "allow", opens(values={"status_line": False})),
    Rule("a setting", "ask", opens(values={"settings": {"apiKeyHelper": "x"}}), says="settings.apiKeyHelper"),
    Rule("a setting that is off", "ask", opens(values={"settings": {"sandbox": {"enabled": False}}})),
    Rule("a key nobody has thought of", "ask", opens(values={"new_key": 1}), says="new_key"),
    Rule("what the person gives every pane", "allow", opens(values={"status_line": "date"},
                                                            granted=({"status_line": "date"},))),
    # environment
    Rule("a variable", "allow", opens(values={"env": {"LLM_TIMEOUT": "120"}})),
    Rule("a variable by a rule", "allow", opens(values={"env": {"CARGO_TERM_COLOR": "x"}}),
         asker(**rights(also_env=["CARGO_*"]))),
    Rule("a variable nobody knows", "ask", opens(values={"env": {"GOFLAGS": "-toolexec=x"}}), says="GOFLAGS=-toolexec"),
    Rule("ours", "ask", opens(values={"env": {"LLM_SEND_CLAUDE": "x"}})),
    Rule("PATH", "ask", opens(values={"env": {"PATH": "/tmp"}}), says="PATH"),
    Rule("LD_PRELOAD", "ask", opens(values={"env": {"LD_PRELOAD": "x.so"}})),
    Rule("a proxy", "ask", opens(values={"env": {"https_proxy": "http://x"}})),
    Rule("another API", "ask", opens(values={"env": {"ANTHROPIC_BASE_URL": "http://x"}})),
    Rule("another home", "ask", opens(values={"env": {"HOME": "/tmp"}})),
    Rule("git's ssh command", "ask", opens(values={"env": {"GIT_SSH_COMMAND": "x"}})),
    Rule("PATH as it has it itself", "allow", opens(values={"env": {"PATH": "/x"}}), asker(env={"PATH": "/x"})),
    Rule("a secret it gives itself", "allow",
         opens(values={"secure_env": ["API_KEY"]}, secrets=frozenset(("API_KEY",)))),
    Rule("a secret that is somebody's account", "ask",
         opens(values={"secure_env": ["GITHUB_TOKEN"]}, secrets=frozenset(("GITHUB_TOKEN",)))),
    Rule("a secret of the person's", "ask", opens(values={"secure_env": ["AWS_SECRET"]}), says="AWS_SECRET of yours"),
    Rule("a secret from a command", "ask", opens(values={"secure_env": {"K": {"command": "cat x"}}})),
    Rule("a secret it has itself", "allow", opens(values={"secure_env": ["TOKEN"]}), asker(secure_env=["TOKEN"])),
    Rule("a telling variable as a secret", "ask",
         opens(values={"secure_env": ["ANTHROPIC_API_KEY"]}, secrets=frozenset(("ANTHROPIC_API_KEY",)))),
    # files, network, lifetime
    Rule("isolated opens isolated", "allow", opens(values={"isolate_fs": True}), asker(isolate_fs=True)),
    Rule("isolated opens open", "ask", opens(values={"isolate_fs": False}), asker(isolate_fs=True), says="isolate_fs"),
    Rule("read-only opens what writes", "ask", opens(values={"readonly": False}), asker(readonly=True)),
    Rule("without a network opens one with it", "ask", opens(), asker(local_only=True), says="local_only"),
    Rule("open opens isolated", "allow", opens(values={"isolate_fs": True, "local_only": True})),
    Rule("not all of it enforced", "ask", opens(values={"isolate_fs": True, "best_effort": True})),
    Rule("longer than it lives itself", "ask", opens(values={"timeout_secs": 600}), asker(left=100.0), says="600"),
    Rule("without end, while its own is near", "ask", opens(), asker(left=100.0), says="without end"),
    Rule("shorter than it lives itself", "allow", opens(values={"timeout_secs": 60}), asker(left=100.0)),
    Rule("a limit where it has none", "allow", opens(values={"timeout_secs": 60})),
    Rule("more memory", "ask", opens(values={"memory_limit_mb": 4096}), asker(memory_limit_mb=2048)),
    Rule("a log somewhere", "ask", opens(values={"log_path": "/home/me/.bashrc"}), says="log_path"),
    # nesting
    Rule("an agent that was opened opens one", "deny", opens(), asker(depth=1), says="1 agents deep"),
    Rule("so deep as it may", "allow", opens(), asker(depth=1, **rights(max_depth=2))),
    Rule("rights of its own", "ask", opens(values={"agents": {"allow": ["spawn"], "also_modes": ["auto-accept"]}})),
    Rule("no more rights than it has", "allow", opens(values={"agents": {"allow": ["read"]}})),
    Rule("answers by its keyboard", "ask", opens(values={"agents": {"allow": ["read"], "answer": "input"}})),
    Rule("deeper than it may itself", "ask", opens(values={"agents": {**FULL, "max_depth": 5}})),
    Rule("nobody is asked any more", "allow", opens(values={"agents": {**FULL, "ask": False}})),
    Rule("somebody is asked again", "deny", opens(values={"agents": FULL}), asker(**rights(ask=False)), says="rights"),
    Rule("directives without a key", "ask", opens(values={"sideband": "trusting"})),
    Rule("the MCP server", "ask", opens(values={"mcp": True})),
    Rule("the MCP server, which it has itself", "allow", opens(values={"mcp": True}), asker(mcp=True)),
    Rule("open to other agents", "ask", opens(values={"shared": ["send"]})),
    # by a change
    Rule("a change of the model", "allow", about("spawn", "own", values={"model": "haiku"})),
    Rule("a change that frees", "ask", about("spawn", "own", values={"permissions": {"allow": ["Bash"]}})),
    Rule("a change that keeps what it had", "allow",
         about("spawn", "own", values={"permissions": {"allow": ["Bash"]}, "model": "x"},
               granted=({"permissions": {"allow": ["Bash"]}},))),
    Rule("a change that leaves the isolation", "ask", about("spawn", "own", values={"model": "x"}),
         asker(isolate_fs=True)),
    # quotas
    Rule("as many panes as it may", "deny", opens(), used=Used(panes=4), says="max_panes"),
    Rule("one fewer", "allow", opens(), used=Used(panes=3)),
    Rule("closing is always free", "allow", about("close", "own"), used=Used(panes=99, total=99)),
    Rule("all it may open in its life", "deny", opens(), used=Used(total=50), says="max_total"),
    Rule("too many requests", "deny", about("read", "own"), used=Used(minute=30), says="per_minute"),
    # nobody is asked
    Rule("beyond, where nobody is asked", "deny", opens(mode="auto-accept"), asker(**rights(ask=False)), says="mode"),
)  # fmt: skip
