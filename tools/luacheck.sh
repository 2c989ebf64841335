#!/bin/sh
# Runs the unpacked luacheck, which is Lua files beside a Lua.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)/.deps/luacheck
share=$home/tree/usr/share/lua/5.1
LUA_PATH="$share/?.lua;$share/?/init.lua" \
  LUA_CPATH="$(echo "$home"/tree/usr/lib/*/lua/5.1)/?.so" \
  exec "$home/bin/lua5.1" "$home/tree/usr/bin/luacheck" "$@"
