"""The words of doc/configuration.md that the schema does not know, and its examples."""

from __future__ import annotations

from dataclasses import dataclass

from llm_send.config.read import Shape

BEGIN = """
# Configuration

Without a file a pane runs exactly the Claude you know. With one, each pane can have its own: another model, a smaller
context, other permissions, by name or by where it is opened.

```sh
llm-send config init       # writes ~/.config/llm-send/config.toml to start from; nothing in it counts yet
llm-send config check      # finds the mistakes in it: line, key, what was expected
llm-send config show NAME  # what a new pane of that name would be given, and where each value comes from
llm-send presets           # the presets there are
```

The file is `config.toml` in `$XDG_CONFIG_HOME/llm-send`, which is `~/.config/llm-send` unless you moved it; or
`config.json` there, which means the same in JSON. Both at once are an error. It counts for Neovim, the command line and
agents alike. The environment variable `LLM_SEND_CLAUDE` outranks its key `claude`.

Editors complete and check it by a JSON Schema: `llm-send config schema > ~/.config/llm-send/schema.json`, and
`#:schema ./schema.json` as the first line of the file, for those that know this sign.

This page is made from the schema that the file is held against.
"""

LAYERS = """
## Which value counts

What a new pane is given is put together key by key. What is higher up wins:

| layer | what it is |
|---|---|
| pane | what was asked for with the pane: `--preset`, `--set`, `--config`, `--claude-config`, \
`--claude-model`, in this order; then `[panes.NAME]`, by the pane's name |
| preset, profile | the preset, `[presets.NAME]`, that the highest layer names which names one; then \
what it inherits from. The profile, `[profiles.NAME]`, likewise |
| session | `[sessions.NAME]`, by the name of the tmux session the pane is opened in |
| defaults | `[defaults]` |

Tables such as `env`, `permissions` and `settings` are laid over each other, key by key, however deep. Everything else
is taken whole, lists too: a `permissions.deny` in `[panes.NAME]` takes the place of the one in `[defaults]`. In each
layer a [project's file](#a-projects-file) stands above yours.

A preset stands above the session and the defaults wherever it is named: with `preset = "sonnet-default"` in
`[defaults]`, a `model` in `[sessions.NAME]` changes nothing. Name another preset there.

A pane that is open keeps what it was given, until it is given something else.
"""

PRESETS = """
## Presets and profiles

A preset is a Claude by name, a profile a confinement by name: `llm-send spawn --preset haiku-worker`, or `preset =
"haiku-worker"` in `[defaults]`, `[sessions.NAME]` or `[panes.NAME]`; `profile = …` likewise. A preset takes the Claude
keys, a profile the confinement keys.

```toml
[presets.haiku-worker]
model = "claude-haiku-3-5-20241022"
context_limit = 100000
description = "Fast worker for simple tasks"

[presets.patient-worker]
inherits = "haiku-worker"
temperature = 0.2
```
"""

INHERITS = """
`haiku`, `sonnet` and `opus` are Claude Code's own names for the newest model of each kind. Any other name of a model
is passed on as it is. A preset of yours takes the place of a built-in one of the same name, whole; one in a project's
file takes the place of yours.

`inherits` names one that counts for what is not said. It may inherit in turn; a circle, or a name that nobody defines,
is an error that names the whole way.
"""

PROJECT = """
## A project's file

`.llm-send.toml` (or `.llm-send.json`) is looked for in the folder a pane is asked for from, then in each folder above
it, up to the top of the git work tree; outside of one in that folder alone. The first that is found may count, and only
once you trust it: a repository that you cloned must not choose commands, environment and permissions by itself.

```sh
llm-send config trust      # the one here, as it is now. Read it first
llm-send config distrust
```

Trust is for one path and one content. A file that has changed, by you or by `git pull`, counts for nothing until it is
trusted again, and you are told so. What you trust is kept in `~/.local/state/llm-send/trusted.json`.

It may hold `[defaults]`, `[sessions]`, `[presets]`, `[profiles]` and `[panes]`. The rest is yours alone to say:
`claude`, `lock`, `bring_back`, `[history]`, `[policy]`, `[ui]`, and the `mode` of a pane.
"""

OPTIONS = """
## On the command line

| option of `spawn` and `config show` | |
|---|---|
| `--preset NAME` | the preset |
| `--claude-model MODEL` | short for `--set model=MODEL`, below the others |
| `--claude-config JSON\\|FILE` | Claude keys, as JSON or in a file that ends in `.json` or `.toml` |
| `--config JSON\\|FILE` | all keys of a pane, likewise |
| `--set KEY=VALUE` | one key, dotted (`permissions.deny`, `settings.x.y`), with a value as TOML or a \
bare word as a string; of two the last counts |

```sh
llm-send spawn --preset haiku-worker --set temperature=0.2 --set 'permissions.deny=["WebFetch"]'
llm-send spawn --claude-config '{"model": "opus", "effort": "high"}' --set env.LANG=C
```
"""

RUNNING = """
## A pane that runs

```sh
llm-send set claude-plan model=opus temperature=0.2   # the same conversation, with another model
llm-send set claude-plan --preset haiku-worker
llm-send fork claude-plan --mode auto-accept          # a copy of the conversation, in another mode beside it
```

Claude reads all this when it starts. So `set` ends it and starts it again in the same pane, with `--resume`: the
conversation goes on, in the same mode. It asks first on a terminal and in Neovim (`--yes`, `:LlmSend!` do not), because
some things do not come along: permissions given for the session, commands that run in the background, a model or a
theme chosen there with a command. A pane that is busy, asks something, or holds unsent text is left alone, and so is
one that `llm-send spawn` did not open. What is said adds to what was said when the pane was opened; naming a preset
begins anew.

`fork` leaves the pane as it is. The copy knows all that was said so far, in its own mode and with its own
configuration: plan in one, carry out in the other. Both need something to have been said.

In Neovim: `:LlmSend spawn plan preset=haiku-worker`, `:LlmSend set claude-plan model=opus`, `:LlmSend fork claude-plan
auto-accept`.
"""

REACHES = """
## How it reaches Claude Code

| key | becomes | seen on 2.1.329 |
|---|---|---|
| `model`, `fallback_model`, `effort` | `--model`, `--fallback-model`, `--effort` | in each request. In plan mode \
Claude Code itself asks `sonnet` where `haiku` was said; a full name is kept |
| `context_limit` | `CLAUDE_CODE_AUTO_COMPACT_WINDOW` and `CLAUDE_AUTOCOMPACT_PCT_OVERRIDE` | the conversation is \
summed up before the prompt after that many tokens were reported; exact to a token from 20 000 up. Claude Code has no \
harder limit |
| `temperature` | `CLAUDE_CODE_EXTRA_BODY`, beside what you have in it | in each request. The API takes none but 1 \
beside thinking, so thinking is off in that pane (`CLAUDE_CODE_DISABLE_THINKING`) |
| `max_output_tokens` | `CLAUDE_CODE_MAX_OUTPUT_TOKENS` | `max_tokens` of each request |
| `permissions`, `status_line`, `settings` | the pane's own `--settings` file, above your settings | a denied tool is \
not even offered. Lists such as `permissions.deny` add to yours |
| `env` | `env` in that file | by Claude, its hooks and its tools |
| `mcp_servers`, `mcp_only` | `--mcp-config`, `--strict-mcp-config` | their tools are offered |
| `system_prompt` | `--append-system-prompt-file` | behind Claude Code's own |

Refused is what would break the pane's lock: hooks, `disableAllHooks`, `permissions.defaultMode`,
`permissions.disableBypassPermissionsMode` and `disableAutoMode` under `settings`; and `CLAUDE_CONFIG_DIR`, with which
Claude would be signed out.
"""

KEYS = """
## Keys of a pane

They may stand in `[defaults]`, `[sessions.NAME]`, `[panes.NAME]`, and in what `--config` and `--set` say.
"""

CLAUDE = "What the pane's Claude is like. They may also stand in `[presets.NAME]`, and in what `--claude-config` says."

AGENTS = """What the pane's agent may ask of llm-send: [agents.md](agents.md). They may also stand in `[presets.NAME]`.
Nothing is allowed unless you say so, and no agent can set these keys for another without your yes."""

CONFINEMENT = """What the pane may reach and use up. They may also stand in `[profiles.NAME]`.

A pane whose confinement this machine cannot enforce is not started: one that is only written down is worse than none.
How each is enforced, and what it does not hold: [confinement.md](confinement.md)."""

NAMING = "Once for a pane: the highest layer that names one counts."

DEFINING = 'A definition by name. The name may be anything; what is no bare word wants quotes: `[presets."my own"]`.'

OWN = "At the top of the file, before the first table."

EMPTY = """
### `[policy]`, `[ui]`

They have no keys yet.
"""

WRONG = """
## Mistakes

One is told at a time, the first in the file, with the line it is in. Nothing is started by a file with a mistake in it.
"""

MISTAKES: tuple[tuple[str, Shape], ...] = (
    ('[presets.worker]\nmodle = "haiku"', "person"),
    ("[presets.worker]\ncontext_limit = 5000", "person"),
    ("[profiles.careful]\nreadonly = 1", "person"),
    ("[presets.worker]\nreadonly = true", "person"),
    ('[defaults]\npreset = "a"\n\n[presets.a]\ninherits = "b"\n\n[presets.b]\ninherits = "a"', "person"),
    ('claude = "./claude"', "project"),
)


@dataclass(frozen=True)
class Example:
    """A whole file, and what it comes to for one pane."""

    title: str
    about: str
    toml: str
    commands: str
    pane: str
    session: str | None = None


EXAMPLES = (
    Example(
        "Mixed models",
        """
Sonnet for everything; Opus for the pane that thinks about architecture; Haiku for chores. Pane by pane, by name, so
that `spawn --name` is all there is to remember.
""",
        """
[defaults]
preset = "sonnet-default"

[panes.architect]
preset = "opus-heavy"
effort = "high"
fallback_model = "sonnet"

[panes.chores]
preset = "haiku-worker"
""",
        """
llm-send spawn --name architect --mode plan
llm-send spawn --name chores --mode auto-accept
llm-send spawn                                  # Sonnet
""",
        "architect",
    ),
    Example(
        "Small workers",
        """
Many cheap Claudes beside each other: a small context, short answers, no MCP servers but one. All that is opened in the
tmux session `batch` is one of them.
""",
        """
[presets.worker]
inherits = "haiku-worker"
context_limit = 50000
max_output_tokens = 4000
temperature = 0.2
mcp_only = true
description = "Small, quick, and to the point"

[presets.worker.permissions]
allow = ["Read", "Grep", "Glob", "Bash(make test:*)"]
deny = ["WebFetch", "WebSearch"]

[presets.worker.mcp_servers.tickets]
command = "tickets-mcp"
args = ["--read-only"]

[sessions.batch]
preset = "worker"
env.LANG = "C"
""",
        """
llm-send spawn --session batch --name worker-1
llm-send spawn --session batch --name worker-2 --set temperature=0.7
""",
        "worker-1",
        "batch",
    ),
    Example(
        "A read-only reviewer",
        """
A Claude that reads and says what it thinks. Its permission rules keep its own tools from writing; the profile is what
holds for all that it starts, too.
""",
        '''
[presets.reviewer]
inherits = "opus-heavy"
system_prompt = """
You review. You change nothing.
Name the file and the line of each finding, the worst first.
"""
status_line = false
description = "Reads, and says what it thinks"

[presets.reviewer.permissions]
allow = ["Read", "Grep", "Glob", "Bash(git diff:*)", "Bash(git log:*)"]
deny = ["Edit", "Write", "NotebookEdit"]

[profiles.look-only]
readonly = true
timeout_secs = 3600

[panes.reviewer]
preset = "reviewer"
profile = "look-only"
''',
        """
llm-send spawn --name reviewer --mode plan
git diff main | llm-send send --pane reviewer
""",
        "reviewer",
    ),
)
