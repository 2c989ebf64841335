# `make` alone says what there is.
.POSIX:
.PHONY: help setup venv older format check test test-all hazards mutants screens torture demo bench lock clean

help: ## this list
	@printf '\033[1mllm-send\033[0m\n\n'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "  make %-9s %s\n", $$1, $$2 }'
	@printf '\nOne test: tests/run -k NAME   One file: tests/run tests/test_rig.py\n'

venv: ## the plugin itself: .venv, its one build step
	@tools/build.sh

setup: ## all that checks and tests need, under .deps/, no root
	@tools/setup.sh

older: setup
	@tools/get.sh claude-2.1.257 claude-2.1.32

format: setup ## write every file the way check wants it
	@tools/format.sh

check: setup ## format, lint, types, docs, tracked files
	@tools/check.sh

test: setup venv older ## unit and end-to-end tests, tools paired new and old
	@tools/test.sh

test-all: setup venv older ## the same with every pair of Neovim and tmux
	@tools/test.sh --all-pairs

hazards: setup venv older ## the hazard table: ours, and a plain paste-and-Enter
	@tests/hazards/run --page

mutants: setup venv older ## switch off each protection, one at a time (ONLY=name), and see a test fail
	@tests/mutants/run $(ONLY)

screens: setup older ## capture the screens of every Claude Code anew
	@tools/get.sh claude-2.1.321 claude-2.1.138
	@tests/screens/capture

torture: setup venv ## random sequences, judged; SEED= six hex digits (the commit's), SENDS= (1000)
	@torture/run $${SEED:+--seed $$SEED} --sends $${SENDS:-1000}

demo: venv ## see it work, offline
	@demo/run

bench: setup venv ## measure it
	@bench/run

lock: setup ## pin requirements/ anew from pyproject.toml
	@tools/lock.sh

clean: ## remove .venv, .deps and caches
	@rm -rf .venv .deps .mypy_cache .ruff_cache dist
	@find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
	@echo "clean"
