"""A project's file counts for nothing until the person trusts it, and for nothing again once it is another."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest

from llm_send.config import trust
from llm_send.config.load import sources
from llm_send.config.types import Sources
from llm_send.errors import LlmSendError
from tests.configuring import Home

TEXT = '[defaults]\nmodel = "theirs"\n'


def seen(home: Home, folder: Path | None = None) -> Sources:
    return sources(home.paths, str(folder or home.project))


def counts(found: Sources) -> bool:
    """Whether it counts; one that is there and does not is said to be, in one sentence."""
    assert (found.project is None) == (len(found.notices) == 1)
    return found.project is not None


def test_it_is_inert_until_it_is_trusted(home: Home) -> None:
    file = home.projects(TEXT, trusted=False)
    found = seen(home)
    assert not counts(found)
    words = "is not trusted, so it counts for nothing. Read it, then: llm-send config trust"
    assert found.notices == (f"{file} {words}",)
    assert trust.trust(home.paths, file, file.read_bytes())
    assert counts(seen(home))
    assert not trust.trust(home.paths, file, file.read_bytes()), "it was already"


def test_it_is_inert_again_once_it_is_changed(home: Home) -> None:
    file = home.projects(TEXT)
    assert counts(seen(home))
    file.write_text(f"{TEXT} ")
    found = seen(home)
    assert not counts(found)
    assert "has changed since it was trusted" in found.notices[0]
    file.write_text(TEXT)
    assert counts(seen(home)), "as it was trusted"


def test_it_is_inert_once_it_is_distrusted(home: Home) -> None:
    file = home.projects(TEXT)
    assert trust.distrust(home.paths, file)
    assert not counts(seen(home))
    assert not trust.distrust(home.paths, file), "it was not any more"


def test_a_copy_elsewhere_is_not_trusted(home: Home, tmp_path: Path) -> None:
    home.projects(TEXT)
    moved = tmp_path / "moved"
    shutil.copytree(home.project, moved)
    assert not counts(seen(home, moved))
    home.project.rename(tmp_path / "renamed")
    assert not counts(seen(home, tmp_path / "renamed"))


def test_a_link_is_the_file_it_leads_to(home: Home, tmp_path: Path) -> None:
    home.projects(TEXT)
    other = tmp_path / "link"
    other.symlink_to(home.project)
    assert counts(seen(home, other))


@pytest.mark.parametrize("text", ["not toml", "[defaults]\nmodle = 1", 'claude = "evil"', "\xff"])
def test_what_stands_in_an_inert_one_is_no_error(home: Home, text: str) -> None:
    file = home.projects("", trusted=False)
    file.write_bytes(text.encode("latin-1"))
    assert not counts(seen(home))


def test_one_that_was_never_trusted_is_not_even_read(home: Home) -> None:
    os.truncate(home.projects(TEXT, trusted=False), 1 << 40)  # nobody could
    assert not counts(seen(home))


def test_a_mistake_in_a_trusted_one_is_told(home: Home) -> None:
    file = home.projects("[defaults]\nmodle = 1")
    with pytest.raises(LlmSendError) as caught:
        seen(home)
    assert caught.value.message == f"{file}, line 2: there is no key defaults.modle."


def test_it_is_looked_for_up_to_the_top_of_the_work_tree(home: Home, tmp_path: Path) -> None:
    below = home.project / "a" / "b"
    below.mkdir(parents=True)
    home.projects(TEXT)
    assert counts(seen(home, below))
    inner = below / ".llm-send.json"
    inner.write_text("{}")
    trust.trust(home.paths, inner, b"{}")
    assert [each.file for each in seen(home, below).documents] == [str(inner)]
    (home.project / "a" / ".git").write_text("gitdir: elsewhere")  # a work tree in a work tree
    inner.unlink()
    assert seen(home, below) == Sources()


def test_outside_of_a_work_tree_only_the_folder_itself_counts(home: Home) -> None:
    file = home.projects(TEXT)
    below = home.project / "a"
    below.mkdir()
    (home.project / ".git").rmdir()
    assert seen(home, below) == Sources()
    assert counts(seen(home))
    file.unlink()
    file.mkdir()
    assert seen(home) == Sources(), "a folder of that name is no file"


def test_two_of_them_count_for_nothing(home: Home) -> None:
    home.projects(TEXT)
    home.projects("{}", ".llm-send.json")
    found = seen(home)
    assert not counts(found)
    assert "are both there, so neither is used" in found.notices[0]


def test_what_is_trusted_is_kept_for_the_person_alone(home: Home) -> None:
    before = os.umask(0)
    home.projects(TEXT)
    os.umask(before)
    file = home.paths.trusted_file
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [each.name for each in file.parent.iterdir()] == [file.name], "nothing is left over"


@pytest.mark.parametrize("text", ["", "[]", '{"/x": 1}', "\0"])
def test_a_broken_list_trusts_nobody_and_says_so(home: Home, text: str) -> None:
    home.projects(TEXT)
    home.paths.trusted_file.write_text(text)
    with pytest.raises(LlmSendError) as caught:
        seen(home)
    assert caught.value.code == "trust"
    assert str(home.paths.trusted_file) in caught.value.message
    assert home.paths.trusted_file.read_text() == text


def test_what_is_trusted_is_what_was_read(home: Home) -> None:
    """The content is handed over: a file that changes meanwhile is not trusted unseen."""
    file = home.projects("", trusted=False)
    trust.trust(home.paths, file, TEXT.encode())
    assert not counts(seen(home))
    file.write_text(TEXT)
    assert counts(seen(home))
