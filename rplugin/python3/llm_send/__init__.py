"""llm-send: text to the Claude Code pane that should get it, in the permission mode asked for.

A lazy door (PEP 562): it names the remote-plugin class for Neovim's classical host and imports nothing, because this
file is also read by whatever Python `:UpdateRemotePlugins` happens to use.
"""

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    if name == "LlmSend":
        from llm_send.entry.nvim import LlmSend

        return LlmSend
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return ["LlmSend", "__version__"]
