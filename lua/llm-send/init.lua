-- The public functions. Every one returns at once; what came of it is told by a message, an autocommand or a callback.
local M = {}

---@type table? the last send that did not arrive, for :LlmSend retry
local unsent

---@param opts? table see |llm-send-configuration|
function M.setup(opts)
  require("llm-send.config").setup(opts)
end

-- What broke in the middle may have broken after Enter.
local unsure = { host_died = true, internal = true }

--- Every way a send can end, errors too, as one of the four outcomes.
---@param result llm-send.Result
local function with_outcome(result)
  local problem = result.error
  if problem then
    result.outcome = unsure[problem.code] and "unconfirmed" or "refused"
    result.reason, result.message, result.hint = problem.code, problem.message, problem.hint
  end
  return result
end

---@param params table
local function waits_for(params)
  return "waiting for " .. (params.pane or params.mode and ("Claude (%s mode)"):format(params.mode) or "Claude")
end

---@param params table what the verb `send` takes
local function deliver(params)
  local message, statusline = require("llm-send.message"), require("llm-send.statusline")
  local answered = false
  params.here = require("llm-send.editor").here()
  statusline.started()
  require("llm-send.host").request("send", params, function(result)
    answered = true
    result = with_outcome(result)
    unsent = (result.outcome == "refused" or result.outcome == "unconfirmed") and { params, result.outcome } or nil
    message.end_progress()
    statusline.ended(result)
    message.outcome(result)
    if result.outcome == "refused" then
      require("llm-send.target").offer(params, result, deliver)
    end
  end)
  vim.defer_fn(function()
    if not answered then
      message.progress(waits_for(params))
    end
  end, require("llm-send.config").get("progress_after"))
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
    deliver({
      text = found.text,
      file = opts.file or found.file,
      mode = opts.mode,
      pane = opts.pane,
      wait = opts.wait,
      queue = opts.queue,
    })
  end
end

--- Sends again what was refused last. What may have arrived already is sent again only if `anyway`.
---@param anyway? boolean
function M.retry(anyway)
  local message = require("llm-send.message")
  if not unsent then
    return message.error("Nothing to send again", "The last send arrived, or there was none")
  end
  local params, outcome = unpack(unsent)
  if outcome == "unconfirmed" and not anyway then
    return message.error("The last send may have arrived", "Look at the pane; :LlmSend! retry sends it again")
  end
  deliver(params)
end

--- Starts a Claude in a new tmux pane.
---@param opts? llm-send.SpawnOptions
---@param callback? fun(result: llm-send.Result) instead of a message
function M.spawn(opts, callback)
  require("llm-send.target").spawn(opts or {}, callback)
end

--- The panes that run an agent.
---@param callback fun(panes: llm-send.Pane[], problem?: llm-send.Error)
function M.panes(callback)
  require("llm-send.target").list(callback)
end

--- For a statusline: "✓ claude-plan", "… sending", "" before the first send.
---@return string
function M.statusline()
  return require("llm-send.statusline").text()
end

return M
