"""How much Claude's own permission modes let it do unasked, in the order of ours: plan 0, normal 1, auto-accept 2."""

FREEDOM = {"claude:auto": 1, "claude:dontAsk": 1, "claude:bypassPermissions": 2}
