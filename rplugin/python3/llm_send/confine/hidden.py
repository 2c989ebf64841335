"""What a confined agent must not see: lists that a person can read. Paths are relative to the home folder, or whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

AGENTS = (".codex", ".config/Claude", ".config/github-copilot", ".config/goose", ".gemini", ".local/share/opencode")
EDITORS = (".config/Code", ".config/Cursor", ".config/VSCodium")  # they keep what their extensions sign in with
BROWSERS = (".config/google-chrome", ".config/microsoft-edge", ".config/opera", ".config/vivaldi", ".mozilla")
IN_BOXES = (".var/app", "snap/chromium", "snap/firefox", "snap/thunderbird")  # of flatpak and snap

# Keys, tokens and passwords, and what speaks for the person.
IN_HOME = (
    *AGENTS,
    *EDITORS,
    *BROWSERS,
    *IN_BOXES,
    ".ssh",
    ".gnupg",
    ".aws",
    ".azure",
    ".boto",
    ".cargo/credentials",
    ".cargo/credentials.toml",
    ".config/1Password",
    ".config/Bitwarden",
    ".config/Bitwarden CLI",
    ".config/BraveSoftware",
    ".config/chromium",
    ".config/containers",
    ".config/doctl",
    ".config/fly",
    ".config/gcloud",
    ".config/gh",
    ".config/git/credentials",
    ".config/glab-cli",
    ".config/hcloud",
    ".config/heroku",
    ".config/hub",
    ".config/op",
    ".config/rclone",
    ".config/sops",
    ".docker",
    ".fly",
    ".gem/credentials",
    ".git-credentials",
    ".kube",
    ".local/share/Trash",
    ".local/share/atuin",
    ".local/share/gnupg",
    ".local/share/keyrings",
    ".local/share/kwalletd",
    ".local/share/password-store",
    ".m2/settings.xml",
    ".mysql_history",
    ".netrc",
    ".npmrc",
    ".oci",
    ".password-store",
    ".pgpass",
    ".pki",
    ".psql_history",
    ".pypirc",
    ".python_history",
    ".bash_history",
    ".config/fish/fish_variables",
    ".local/share/fish/fish_history",
    ".terraform.d",
    ".thunderbird",
    ".vault-token",
    ".viminfo",
    ".zsh_history",
    ".Xauthority",
    ".ICEauthority",
)

# Variables that say where such a file or folder lies, and those that move a part of the list to another place.
NAMING_FILES = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "GOOGLE_APPLICATION_CREDENTIALS", "KUBECONFIG")
NAMING_MORE = ("NETRC", "NPM_CONFIG_USERCONFIG", "PGPASSFILE", "npm_config_userconfig")
NAMING_FOLDERS = ("AZURE_CONFIG_DIR", "CLOUDSDK_CONFIG", "CODEX_HOME", "DOCKER_CONFIG", "GH_CONFIG_DIR", "GNUPGHOME")
NAMING = (*NAMING_FILES, *NAMING_MORE, *NAMING_FOLDERS, "PASSWORD_STORE_DIR")
MOVING = {"CARGO_HOME": ".cargo/", "XDG_CONFIG_HOME": ".config/", "XDG_DATA_HOME": ".local/share/"}

# What root alone reads anyway; it counts where the person is root.
OF_THE_SYSTEM = (
    "/etc/gshadow",
    "/etc/krb5.keytab",
    "/etc/shadow",
    "/etc/ssh/ssh_host_dsa_key",
    "/etc/ssh/ssh_host_ecdsa_key",
    "/etc/ssh/ssh_host_ed25519_key",
    "/etc/ssh/ssh_host_rsa_key",
    "/etc/sudoers",
    "/etc/sudoers.d",
)

# Folders in which programs of the person put sockets and each other's passing files.
PASSING = ("/tmp", "/var/tmp", "/run")  # noqa: S108 — hidden, not used

# What programs in PATH need beside the folder they are called from.
TOOLS_IN_HOME = (
    ".asdf",
    ".bun",
    ".cargo/bin",
    ".deno",
    ".local/bin",
    ".local/lib",
    ".local/pipx",
    ".local/share/claude",
    ".local/share/fnm",
    ".local/share/mise",
    ".local/share/pipx",
    ".local/share/uv",
    ".nvm",
    ".pyenv",
    ".rbenv",
    ".rustup",
    ".sdkman",
    ".volta",
    "go/bin",
)

# Kept of the environment where the file system is isolated; a name that ends in _ stands for all that begin so.
ENVIRONMENT = (
    "ANTHROPIC_",
    "CLAUDE_",
    "COLORTERM",
    "DISABLE_",
    "EDITOR",
    "HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "LANG",
    "LANGUAGE",
    "LC_",
    "LLM_SEND_",
    "LOGNAME",
    "NODE_EXTRA_CA_CERTS",
    "NO_COLOR",
    "NO_PROXY",
    "PATH",
    "SHELL",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TERM",
    "TERM_",
    "TMUX",
    "TMUX_PANE",
    "TZ",
    "USER",
    "VISUAL",
    "http_proxy",
    "https_proxy",
    "no_proxy",
)

# Taken away in any confined pane: they lead to what is out of its reach.
LEADING_OUT = (
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "DOCKER_HOST",
    "GPG_AGENT_INFO",
    "NVIM",
    "NVIM_LISTEN_ADDRESS",
    "SSH_AGENT_PID",
    "SSH_AUTH_SOCK",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_RUNTIME_DIR",
)

SIGNING_IN = ("ANTHROPIC_", "CLAUDE_")


def kept(name: str) -> bool:
    """Whether a variable of the person's stays in an isolated pane."""
    return any(name == each or (each.endswith("_") and name.startswith(each)) for each in ENVIRONMENT)


def named(environment: Mapping[str, str]) -> Iterator[str]:
    """Where the same things lie by the person's variables; one may name several, as KUBECONFIG does."""
    for name in NAMING:
        yield from (each for each in environment.get(name, "").split(":") if each.startswith("/"))
    for name, usual in MOVING.items():
        if (place := environment.get(name, "")).startswith("/"):
            yield from (f"{place}/{each.removeprefix(usual)}" for each in IN_HOME if each.startswith(usual))


def secret_by_name(name: str) -> bool:
    """Whether a variable's name says that it is a secret."""
    return name.upper().endswith(("KEY", "PASSWORD", "SECRET", "TOKEN"))


def taken(name: str) -> bool:
    """Whether a variable does not come into a view, unless it was given to the pane; Claude signs in with some."""
    return name in (*LEADING_OUT, "TMPDIR") or (secret_by_name(name) and not name.startswith(SIGNING_IN))
