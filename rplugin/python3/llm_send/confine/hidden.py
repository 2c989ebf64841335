"""What a confined agent must not see: lists that a person can read. Paths are relative to the home folder, or whole."""

from __future__ import annotations

# Keys, tokens and passwords, and what speaks for the person. The same list stands in doc/confinement.md.
IN_HOME = (
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
    ".config/google-chrome",
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
    ".local/share/gnupg",
    ".local/share/keyrings",
    ".local/share/kwalletd",
    ".local/share/password-store",
    ".m2/settings.xml",
    ".mozilla",
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


def kept(name: str) -> bool:
    """Whether a variable of the person's stays in an isolated pane."""
    return any(name == each or (each.endswith("_") and name.startswith(each)) for each in ENVIRONMENT)
