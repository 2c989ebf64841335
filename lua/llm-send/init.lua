-- The public functions. Every one returns at once; what came of it is told by a message, an autocommand or a callback.
local M = {}

---@param opts? table see |llm-send-configuration|
function M.setup(opts)
  require("llm-send.config").setup(opts)
end

---@param found llm-send.Text
---@return boolean
local function sendable(found)
  if found.problem then
    require("llm-send.message").error(found.problem, found.hint)
  end
  return not found.problem
end

---@param opts? llm-send.SendOptions
function M.send(opts)
  opts = opts or {}
  local editor = require("llm-send.editor")
  local found = { text = opts.text, file = opts.file }
  if not opts.text then
    found = opts.range and editor.lines(opts.range[1], opts.range[2], "the range") or editor.buffer()
  end
  M.send_text(found, opts)
end

--- For the maps and the command: what the editor found, sent as `opts` says.
---@param found llm-send.Text
---@param opts llm-send.SendOptions
function M.send_text(found, opts)
  if sendable(found) then
    require("llm-send.receipts").transmit("send", {
      text = found.text,
      file = opts.file or found.file,
      mode = opts.mode,
      pane = opts.pane,
      wait = opts.wait,
      queue = opts.queue,
      as_command = opts.as_command,
    })
  end
end

--- Sends again the last text that did not arrive. What may have arrived is looked for first.
function M.again()
  require("llm-send.again").again()
end

--- Looks again at a send that is unconfirmed.
---@param id? string default: the last of this editor
function M.resolve(id)
  require("llm-send.again").resolve(id)
end

--- Shows what waits for a busy Claude.
---@param pane? string its name or id; without it all
function M.queue(pane)
  require("llm-send.queue").open(pane)
end

--- Shows what was sent, newest first.
---@param words? string[] only texts with all of them
function M.history(words)
  require("llm-send.history").open(words or {})
end

--- Shows the agents: who has opened whom, what they do, who waits for you.
function M.agents()
  require("llm-send.agents").open()
end

--- Starts a Claude in a new tmux pane.
---@param opts? llm-send.SpawnOptions
---@param callback? fun(result: llm-send.Result) instead of a message
function M.spawn(opts, callback)
  require("llm-send.target").spawn(opts or {}, callback)
end

--- Gives a running pane another configuration: its Claude starts again, in the same conversation.
---@param pane string its name or id
---@param given llm-send.Configured
---@param sure? boolean nobody is asked first
function M.set(pane, given, sure)
  require("llm-send.configure").set(pane, given, sure)
end

--- Opens a copy of a pane's conversation beside it.
---@param pane string its name or id
---@param opts? llm-send.SpawnOptions
function M.fork(pane, opts)
  require("llm-send.configure").fork(pane, opts or {})
end

--- The panes that run an agent.
---@param callback fun(panes: llm-send.Pane[], problem?: llm-send.Error)
function M.panes(callback)
  require("llm-send.target").list(callback)
end

--- For a statusline: "✓ claude-plan", "… sending", "… queued 2", "" before the first send.
---@return string
function M.statusline()
  return require("llm-send.statusline").text()
end

return M
