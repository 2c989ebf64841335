"""Sideband directives: how an agent asks llm-send, in its own words, for a pane, a setting or a text sent on."""
