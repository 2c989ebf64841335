"""What agents may do, row by row."""

from __future__ import annotations

import pytest

from llm_send.config.keys import PaneKeys
from llm_send.modes import Mode
from llm_send.sideband.beyond import HARMLESS, beyond
from llm_send.sideband.policy import decide
from llm_send.sideband.rights import Wish, rights_of
from tests.policies import TABLE, Rule, asker, opens


@pytest.mark.parametrize("rule", TABLE, ids=lambda rule: rule.case)
def test_the_table(rule: Rule) -> None:
    decision = decide(rule.asker, rule.wish, rule.used)
    assert decision.verdict == rule.verdict, decision.reasons
    assert rule.says in " ".join(decision.reasons)
    assert bool(decision.reasons) == (rule.verdict != "allow"), "each no, and each question, says why"


def test_each_case_has_a_name_of_its_own() -> None:
    assert len({rule.case for rule in TABLE}) == len(TABLE)


def test_rights_of_a_configuration() -> None:
    found = rights_of({"agents": {"allow": ["read"], "also_modes": [Mode.PLAN, "normal"], "max_panes": 2}})
    assert found.allow == {"read"}
    assert (found.also_modes, found.max_panes) == (("plan", "normal"), 2)


VALUES = {
    "permissions": {"allow": ["Bash"]},
    "env": {"PATH": "/x"},
    "mcp_servers": {"x": {}},
    "settings": {"x": 1},
    "secure_env": ["X"],
    "agents": {"allow": ["spawn"]},
    "shared": ["read"],
    "sideband": "on",
    "status_line": "x",
    "log_path": "/x",
}
TIGHTER = {"isolate_fs", "isolate", "readonly", "local_only", "timeout_secs", "memory_limit_mb", "mcp_only"}


@pytest.mark.parametrize("key", sorted(PaneKeys.model_fields.keys() - HARMLESS - TIGHTER - {"config_ref"}))
def test_every_key_that_is_not_known_to_be_harmless_is_judged(key: str) -> None:
    nobody = asker(agents={})
    assert list(beyond(nobody, opens(values={key: VALUES.get(key, True)}))), "a new key is beyond until it is judged"


def test_a_wish_that_goes_beyond_in_two_ways_says_both() -> None:
    wish = Wish("spawn", opens=True, mode="auto-accept", cwd="/etc", command=("claude",))
    assert len(decide(asker("plan"), wish, TABLE[0].used).reasons) == 2
