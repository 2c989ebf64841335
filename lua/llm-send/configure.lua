-- What a pane's Claude is given: the words of :LlmSend spawn, set and fork, and what asks before one starts again.
local M = {}

local ask = require("llm-send.ask")
local message = require("llm-send.message")

--- Splits words into those with a value, `preset=haiku-worker temperature=0.7`, and the rest.
---@param words string[]
---@return string[] rest, llm-send.Configured given
function M.split(words)
  local rest, given = {}, {}
  for _, word in ipairs(words) do
    local preset = word:match("^preset=(.+)$")
    if preset then
      given.preset = preset
    elseif word:find("=", 2, true) then
      given.sets = given.sets or {}
      table.insert(given.sets, word)
    else
      table.insert(rest, word)
    end
  end
  return rest, given
end

---@param pane llm-send.Pane
local function named(pane)
  return pane.name or pane.id
end

---@param result llm-send.Result
local function told(result)
  local keys = vim.tbl_map(function(change)
    return change.key
  end, result.changes)
  local what = #keys == 0 and "had all of that already" or "goes on with another " .. table.concat(keys, ", ")
  message.show(result.note and "!" or "✓", ("%s %s"):format(named(result.pane), what), result.note)
end

---@param value any
---@return string
local function shown(value)
  if value == nil or value == vim.NIL then
    return "Claude's own"
  end
  return type(value) == "string" and value or vim.json.encode(value)
end

--- What is about to be done, and what would be lost by it.
---@param result llm-send.Result of a trial
---@return string
local function question(result)
  local lines = vim.tbl_map(function(change)
    return ("  %s: %s → %s"):format(change.key, shown(change.before), shown(change.after))
  end, result.changes)
  table.insert(lines, 1, ("%s starts again, in the same conversation, with"):format(named(result.pane)))
  table.insert(lines, "It loses " .. table.concat(result.lost, ", ") .. ".")
  return table.concat(lines, "\n")
end

--- Gives a running pane another configuration; its Claude starts again, in the same conversation.
---@param pane string its name or id
---@param given llm-send.Configured
---@param sure? boolean nobody is asked
function M.set(pane, given, sure)
  local asked = vim.tbl_extend("error", { pane = pane }, given)
  local function go()
    message.progress("starting " .. pane .. " again")
    ask.host("set", asked, told)
  end
  if sure then
    return go()
  end
  ask.host("set", vim.tbl_extend("error", { trial = true }, asked), function(result)
    if #result.changes == 0 then
      return told(result)
    elseif #result.lost == 0 then -- it changes while it runs
      return go()
    end
    ask.person({ "Go on", "Leave it as it is" }, { prompt = question(result) }, function(_, index)
      if index == 1 then
        go()
      end
    end)
  end)
end

--- Opens a copy of a pane's conversation beside it.
---@param pane string its name or id
---@param opts table mode, name, where, focus, preset, sets
function M.fork(pane, opts)
  local config = require("llm-send.config")
  local defaults = { pane = pane, where = config.get("spawn.where"), focus = config.get("spawn.focus") }
  message.progress("copying " .. pane)
  ask.host("fork", vim.tbl_extend("keep", opts, defaults), function(result)
    message.show(
      result.note and "!" or "✓",
      ("Started %s, a copy of %s"):format(named(result.pane), pane),
      result.note
    )
  end)
end

--- The names of the presets there are, as the host said them last: completion does not wait.
---@return string[]
function M.presets()
  ask.host("presets", {}, function(result)
    M.known = vim.tbl_map(function(preset)
      return preset.name
    end, result.presets)
  end, function()
    return true
  end)
  return M.known or {}
end

M.keys = {
  "context_limit=",
  "effort=",
  "env.",
  "fallback_model=",
  "max_output_tokens=",
  "model=",
  "permissions.allow=",
  "permissions.deny=",
  "preset=",
  "settings.",
  "status_line=",
  "system_prompt=",
  "temperature=",
}

--- What completes a word of a configuration.
---@param lead string
---@return string[]
function M.complete(lead)
  if not vim.startswith(lead, "preset=") then
    return M.keys
  end
  return vim.tbl_map(function(name)
    return "preset=" .. name
  end, M.presets())
end

return M
