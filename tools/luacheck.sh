#!/bin/sh
# Runs the unpacked luacheck, which is Lua files beside a Lua.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)/.deps/luacheck
share=$home/root/usr/share/lua/5.1
LUA_PATH="$share/?.lua;$share/?/init.lua" \
  LUA_CPATH="$(echo "$home"/root/usr/lib/*/lua/5.1)/?.so" \
  exec "$home/bin/lua5.1" "$home/root/usr/bin/luacheck" "$@"
