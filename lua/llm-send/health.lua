-- :checkhealth llm-send. Says what is wrong and how to put it right, Python or no Python.
local config = require("llm-send.config")

local M = {}

local health = vim.health
local patience_ms = 5000

local function editor()
  health.start("Neovim")
  local version = tostring(vim.version())
  if vim.fn.has("nvim-0.10") == 1 then
    health.ok("Neovim " .. version)
  else
    health.error("Neovim " .. version .. " is too old", "Install Neovim 0.10 or newer")
  end
end

local probe = [[
import sys
problems = []
if sys.version_info < (3, 11):
    problems.append("version")
for name in ("pynvim", "msgpack", "llm_send"):
    try:
        __import__(name)
    except ImportError as error:
        problems.append(name)
print(sys.version.split()[0], *problems)
]]

---@return boolean usable
local function python()
  health.start("Python")
  local path = vim.fs.normalize(config.get("python"))
  local fix = ("Run `make venv` in %s"):format(vim.fn.fnamemodify(config.root(), ":~"))
  if vim.fn.executable(path) == 0 then
    health.error("The plugin's Python is missing: " .. path, fix)
    return false
  end
  local ran = vim.system({ path, "-I", "-c", probe }, { text = true, timeout = patience_ms }):wait()
  if ran.code ~= 0 then
    health.error(("%s does not run: %s"):format(path, vim.trim(ran.stderr or "") or ran.code), fix)
    return false
  end
  local words = vim.split(vim.trim(ran.stdout), " ")
  local version = table.remove(words, 1)
  if words[1] == "version" then
    table.remove(words, 1)
    health.error(("Python %s is too old, 3.11 is needed"):format(version), fix .. " with a newer python3 first on PATH")
    return false
  end
  for _, package in ipairs(words) do
    health.error(("%s does not find the package %s"):format(path, package), fix)
  end
  if #words == 0 then
    health.ok(("Python %s, %s"):format(version, path))
  end
  return #words == 0
end

--- Here, and only here, an answer is waited for: :checkhealth is a report, not a key.
---@return llm-send.Result
local function ask(verb)
  local answer
  local here = require("llm-send.editor").here()
  local id = require("llm-send.host").request(verb, { here = here }, function(result)
    answer = result
  end)
  vim.wait(patience_ms, function()
    return answer ~= nil
  end, 10)
  require("llm-send.host").forget(id)
  local slow = ("No answer within %d seconds"):format(patience_ms / 1000)
  return answer or { ok = false, error = { code = "host", message = slow, hint = ":LlmSend log" } }
end

---@return boolean answers
local function host()
  health.start("Host")
  if config.get("host") == "remote" then
    health.info("As a remote plugin of Neovim's Python provider; see also :checkhealth provider.python")
  end
  local hello = ask("hello")
  if hello.error then
    local tail = table.concat(require("llm-send.host").status().stderr, "\n")
    health.error(hello.error.message, vim.trim(tail) ~= "" and { hello.error.hint, tail } or hello.error.hint)
    return false
  end
  health.ok(("Answers: llm-send %s, Python %s"):format(hello.version, hello.python))
  return true
end

local function program(name, fix)
  if vim.fn.executable(name) == 1 then
    health.ok(("%s is %s"):format(name, vim.fn.exepath(name)))
  else
    health.error(name .. " is not on PATH", fix)
  end
end

--- tmux, Claude Code and the state folder are the host's to judge; without one, only what any editor can see.
local function world(host_answers)
  health.start("tmux and Claude Code")
  if not host_answers then
    program("tmux", "Install tmux 3.2 or newer")
    program("claude", "Install Claude Code, or name it in $LLM_SEND_CLAUDE")
    return
  end
  local doctor = ask("doctor")
  if doctor.error then
    return health.error(doctor.error.message, doctor.error.hint)
  end
  for _, check in ipairs(doctor.checks or {}) do
    local line = ("%s: %s"):format(check.name, check.message)
    if check.status == "ok" then
      health.ok(line)
    else
      health[check.status == "warn" and "warn" or "error"](line, check.hint)
    end
  end
end

local function keys()
  health.start("Keys")
  if vim.g.llm_send_no_default_maps then
    return health.info("Default keys are turned off")
  end
  if vim.v.vim_did_enter == 0 then
    return health.info("Default keys are set when Neovim has started; this ran before")
  end
  for _, key in ipairs({ "ls", "lss", "lsn", "lsp", "lsa", "lsr" }) do
    for mode, name in pairs({ n = "Normal", x = "Visual" }) do
      local map = vim.fn.maparg("<leader>" .. key, mode, false, true)
      if vim.tbl_isempty(map) then
        health.info(("<leader>%s is free in %s mode: its <Plug> is on a key of yours"):format(key, name))
      elseif not (map.rhs or ""):find("<Plug>(llm-send", 1, true) then
        local advice = "Map another key, for instance to <Plug>(llm-send-plan): :help llm-send-mappings"
        health.warn(("<leader>%s is yours in %s mode (%s)"):format(key, name, map.desc or map.rhs or "Lua"), advice)
      end
    end
  end
  health.ok("Operators have no default keys: :help llm-send-operator")
end

local function shell()
  health.start("Shell helpers")
  local file = vim.fn.fnamemodify(config.root() .. "/shell/llm-send.sh", ":~")
  health.info(("claude-normal, claude-plan and claude-auto come with: source %s"):format(file))
end

function M.check()
  editor()
  local host_answers = python() and host()
  world(host_answers)
  keys()
  shell()
end

return M
