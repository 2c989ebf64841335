"""The file that `config init` writes: everything is commented out, so it changes nothing yet."""

STARTER = """\
# The configuration of llm-send. What may stand here, with types and limits: doc/configuration.md, or
#   llm-send config schema     a JSON Schema, for editors that complete TOML
#   llm-send config check      whether this file is right
#   llm-send config show       what a new pane would be given, and where each value comes from
# Nothing here is needed: without it a new pane runs exactly the Claude you know.

# The Claude Code program: a name to look up in PATH, or a path.
#claude = "claude"

# What becomes of a prompt you type while the pane is in another mode than it was opened for: "warn" or "block".
#lock = "warn"

# Whether an idle pane that has left its mode is brought back before a send: "auto", or "ask" to refuse and say so.
#bring_back = "auto"

#[history]
#enabled = true
#keep = 1000

# For every new pane.
#[defaults]
#preset = "sonnet-default"
#permissions.deny = ["WebFetch"]

# For new panes of the tmux session "work".
#[sessions.work]
#preset = "opus-heavy"

# A Claude by name: llm-send spawn --preset small. The built-in ones are listed by llm-send presets.
#[presets.small]
#inherits = "haiku-worker"
#context_limit = 50000
#temperature = 0.2
#description = "Chores"

# A confinement by name.
#[profiles.careful]
#readonly = true
#timeout_secs = 3600

# A single pane, by its name.
#[panes.claude-plan]
#preset = "opus-heavy"
#system_prompt = "Answer briefly."
"""
