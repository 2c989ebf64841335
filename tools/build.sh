#!/bin/sh
# The plugin's one build step: .venv with its Python program. For plugin managers: build = "make venv" or "tools/build.sh".
set -eu
cd "$(dirname "$0")/.."
tools/venv.sh .venv requirements/run.txt
echo "ready: .venv/bin/llm-send"
