-- :LlmSend and the keys: what each word does, and the words that complete it.
local M = {}

local modes = require("llm-send.ask").modes

---@class llm-send.Invocation
---@field args string[] what follows the subcommand
---@field bang boolean
---@field text fun(): llm-send.Text the range's lines, else the buffer

local function is_mode(word)
  return vim.list_contains(modes, word)
end

local function send_in(mode)
  return function(call)
    require("llm-send").send_text(call.text(), { mode = mode, wait = call.bang and 0 or nil })
  end
end

local function target()
  return require("llm-send.target")
end

local function configure()
  return require("llm-send.configure")
end

local function fail(...)
  require("llm-send.message").error(...)
end

local function set_mode(call)
  local pane, mode = call.args[1], call.args[2]
  if not mode then
    pane, mode = nil, call.args[1]
  end
  if not is_mode(mode) then
    local found = mode and ("found %q"):format(mode) or "found none"
    return fail("Which mode? " .. found .. ", expected " .. table.concat(modes, ", "), ":LlmSend mode [pane] {mode}")
  end
  target().mode(pane, mode)
end

local function spawn(call)
  local rest, given = configure().split(call.args)
  local mode, name = rest[1], rest[2]
  if mode and not is_mode(mode) then
    local expected = table.concat(modes, ", ")
    return fail(
      ("Which mode? found %q, expected %s"):format(mode, expected),
      ":LlmSend spawn [mode] [name] [key=value]"
    )
  end
  given.mode, given.name, given.focus = mode, name, call.bang or nil
  require("llm-send").spawn(given)
end

local function set(call)
  local rest, given = configure().split(call.args)
  if not rest[1] or rest[2] or not next(given) then
    return fail("Which pane, and what is it to be given?", ":LlmSend set {pane} model=haiku temperature=0.7")
  end
  require("llm-send").set(rest[1], given, call.bang)
end

local function fork(call)
  local rest, given = configure().split(call.args)
  if is_mode(rest[2]) then
    given.mode = rest[2]
  elseif not rest[1] or rest[2] then
    local expected = table.concat(modes, ", ")
    return fail(
      "A copy of which pane, in which mode? Modes are " .. expected,
      ":LlmSend fork {pane} [mode] [key=value]"
    )
  end
  given.focus = call.bang or nil
  require("llm-send").fork(rest[1], given)
end

local function focus(call)
  local word = call.args[1]
  if is_mode(word) then
    return target().focus(nil, word)
  end
  target().focus(word)
end

local function log()
  local file = require("llm-send.config").state_folder() .. "/llm-send.log"
  if not vim.uv.fs_stat(file) then
    return fail("There is no log yet", vim.fn.fnamemodify(file, ":~"))
  end
  vim.cmd.split({ args = { file }, magic = { file = false, bar = false } })
  vim.bo.readonly = true
  vim.cmd.normal({ "G", bang = true })
end

---@type table<string, fun(call: llm-send.Invocation)>
local subcommands = {
  normal = send_in("normal"),
  plan = send_in("plan"),
  ["auto-accept"] = send_in("auto-accept"),
  spawn = spawn,
  set = set,
  fork = fork,
  panes = function()
    target().panes()
  end,
  target = function(call)
    target().set(call.args[1])
  end,
  focus = focus,
  mode = set_mode,
  cancel = function(call)
    require("llm-send.queue").cancel(call.args[1])
  end,
  close = function(call)
    target().close(call.args[1], call.bang or nil)
  end,
  queue = function(call)
    require("llm-send").queue(call.args[1])
  end,
  agents = function()
    require("llm-send").agents()
  end,
  history = function(call)
    require("llm-send").history(call.args)
  end,
  again = function()
    require("llm-send").again()
  end,
  resolve = function(call)
    require("llm-send").resolve(call.args[1])
  end,
  why = function()
    require("llm-send.message").why()
  end,
  log = log,
  doctor = function()
    vim.cmd.checkhealth("llm-send")
  end,
}

--- `/clear`, `plan /clear`, `!git status`: what is meant for Claude's own command line.
---@param line string
---@return string? text, string? mode
local function as_command(line)
  local first, rest = line:match("^(%S+)%s+(.*)$")
  if is_mode(first) then
    return rest:match("^[/!].*$"), first
  end
  return line:match("^[/!].*$")
end

---@param command vim.api.keyset.create_user_command.command_args
function M.run(command)
  local text, mode = as_command(command.args)
  if text and command.bang then
    return require("llm-send").send({ text = text, mode = mode, as_command = true })
  elseif text then
    return fail("That is a command of Claude's", (":LlmSend! %s sends it as one"):format(command.args))
  end
  local words = command.fargs
  local name = words[1]
  local act = name == nil and send_in(nil) or subcommands[name]
  if not act then
    local expected = M.complete("", "LlmSend ")
    return fail(("There is no :LlmSend %s"):format(name), "There are " .. table.concat(expected, ", "))
  end
  act({
    args = vim.list_slice(words, 2),
    bang = command.bang,
    text = function()
      if command.range == 0 then
        return require("llm-send.editor").buffer()
      end
      return require("llm-send.editor").lines(command.line1, command.line2, "the range")
    end,
  })
end

local function pane_names()
  return target().names()
end

local function panes_and_modes()
  return vim.list_extend(pane_names(), modes)
end

local function configured(lead)
  return configure().complete(lead)
end

--- What may follow each subcommand, word by word; the last of a list with `more` as often as one likes.
local following = {
  spawn = { modes, configured, more = true },
  set = { pane_names, configured, more = true },
  fork = { pane_names, modes, configured, more = true },
  target = { pane_names },
  focus = { panes_and_modes },
  mode = { panes_and_modes, modes },
  close = { pane_names },
  queue = { pane_names },
}

---@param subcommand string
---@param place integer of the word, 1 for the first behind the subcommand
---@param lead string
---@return string[]
local function that_follow(subcommand, place, lead)
  local known = following[subcommand] or {}
  local words = known[known.more and math.min(place, #known) or place] or {}
  return type(words) == "function" and words(lead) or words --[[@as string[] ]]
end

---@return string[]
local function names()
  local words = vim.tbl_keys(subcommands)
  table.sort(words)
  return words
end

---@param lead string
---@param line string
---@return string[]
function M.complete(lead, line)
  local before = vim.split(vim.trim(line:match("LlmSend!?%s(.*)$") or ""), "%s+", { trimempty = true })
  local place = #before - (lead == "" and 0 or 1)
  local words = place == 0 and names() or that_follow(before[1], place, lead)
  return vim.tbl_filter(function(word)
    return vim.startswith(word, lead)
  end, words)
end

local function send(found, mode)
  require("llm-send").send_text(found, { mode = mode ~= "" and mode or nil })
end

---@param mode string "" for the pane used last
function M.send_buffer(mode)
  send(require("llm-send.editor").buffer(), mode)
end

---@param mode string
function M.send_selection(mode)
  send(require("llm-send.editor").selection(), mode)
end

function M.again()
  require("llm-send").again()
end

function M.agents()
  require("llm-send").agents()
end

--- 'operatorfunc' is a name and stays when "." repeats it, so each mode has a function of its own.
M.operators = {}
for _, mode in ipairs({ "", unpack(modes) }) do
  M.operators[(mode == "" and "any" or mode:gsub("-", "_"))] = function(kind)
    send(require("llm-send.editor").motion(kind), mode)
  end
end

---@param mode string
---@return string keys
function M.operator(mode)
  local name = mode == "" and "any" or mode:gsub("-", "_")
  vim.o.operatorfunc = ("v:lua.require'llm-send.command'.operators.%s"):format(name)
  return "g@"
end

return M
