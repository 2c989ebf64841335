-- This editor's sends: what is under way, what waits in a queue, what did not arrive.
local message = require("llm-send.message")

local M = {}

---@class llm-send.Sent One send of this editor.
---@field verb "send"|"resend"
---@field params table what the verb takes
---@field id string its row in the history
---@field number integer in the order they were begun
---@field outcome? llm-send.Outcome

M.waiting = {} ---@type table<string, llm-send.Sent> queued, by id
M.lost = {} ---@type table<string, llm-send.Sent> the host died during these, by id

local begun, sending = 0, 0
local told = {} ---@type table<string, llm-send.Result> queued ones whose end has been said
local unsent ---@type llm-send.Sent? the last that did not arrive

-- What broke in the middle may have broken after Enter.
local unsure = { host_died = true, internal = true }
-- The text itself is refused, or there is no host: sending it again comes to the same.
local hopeless = { bad_text = true, too_large = true, slash_command = true, host = true }

--- Every way a send can end, errors too, as one of the four outcomes.
---@param result llm-send.Result
local function with_outcome(result)
  local problem = result.error
  if problem and not result.outcome then
    result.outcome = unsure[problem.code] and "unconfirmed" or "refused"
    result.reason, result.message, result.hint = problem.code, problem.message, problem.hint
  end
  return result
end

---@param result? llm-send.Result the one that has just ended
local function count(result)
  require("llm-send.statusline").update(sending, vim.tbl_count(M.waiting), result)
end

--- What the key would do now, for a send that did not arrive.
---@param result llm-send.Result
---@return string?
local function offer_of(result)
  if not unsent or hopeless[result.reason] or require("llm-send.target").offers(result) then
    return
  end
  local mapped = vim.fn.maparg("<leader>lsr", "n") == "<Plug>(llm-send-again)"
  local does = unsent.outcome == "unconfirmed" and "looks again" or "sends it again"
  return ("%s %s"):format(mapped and "<leader>lsr" or ":LlmSend again", does)
end

---@param sent llm-send.Sent
local function remember(sent)
  if sent.outcome == "refused" or sent.outcome == "unconfirmed" then
    unsent = sent
  elseif unsent and unsent.number <= sent.number then
    unsent = nil -- a later one arrived: the history has the older ones
  end
end

--- Tells how a send of this editor ended.
---@param sent llm-send.Sent
---@param result llm-send.Result
function M.ended(sent, result)
  sent.id, sent.outcome = result.id or sent.id, result.outcome
  local overtaken = result.outcome == "queued" and told[sent.id]
  if overtaken then -- by its end, which has been said
    sent.outcome = overtaken.outcome
    remember(sent)
    return count(overtaken)
  end
  M.waiting[sent.id], M.lost[sent.id] = result.outcome == "queued" and sent or nil, nil
  remember(sent)
  count(result)
  message.end_progress()
  message.outcome(result, unsent == sent and offer_of(result) or nil)
  require("llm-send.listing").refresh()
  if result.outcome == "refused" then
    require("llm-send.target").offer(sent.params, result, function(params)
      M.transmit(sent.verb, params)
    end)
  end
end

---@param params table
local function waits_for(params)
  return "waiting for " .. (params.pane or params.mode and ("Claude (%s mode)"):format(params.mode) or "Claude")
end

--- Known here before it is begun there, so that it can be asked for when the host dies.
local function new_id()
  return (vim.uv.random(16):gsub(".", function(byte)
    return ("%02x"):format(byte:byte())
  end))
end

---@param verb "send"|"resend"
---@param params table what the verb takes
function M.transmit(verb, params)
  begun, sending = begun + 1, sending + 1
  params = vim.tbl_extend("force", params, { here = require("llm-send.editor").here(), new_id = new_id() })
  ---@type llm-send.Sent
  local sent = { verb = verb, params = params, id = params.new_id, number = begun }
  local answered = false
  count()
  require("llm-send.host").request(verb, params, function(result)
    answered, sending = true, sending - 1
    if result.error and result.error.code == "host_died" then
      M.lost[sent.id] = sent
      return count()
    end
    M.ended(sent, with_outcome(result))
  end)
  vim.defer_fn(function()
    if not answered then
      message.progress(waits_for(params))
    end
  end, require("llm-send.config").get("progress_after"))
end

--- The last send that did not arrive.
---@return llm-send.Sent?
function M.unsent()
  return unsent
end

--- A queued send has ended.
---@param result llm-send.Result
function M.settled(result)
  local id = result.id
  if not id or told[id] then
    return
  end
  told[id] = result
  local sent = M.waiting[id] or M.lost[id] or (unsent and unsent.id == id and unsent)
  if sent then
    return M.ended(sent, result)
  end
  message.outcome(result) -- of another editor that is gone
  require("llm-send.listing").refresh()
end

--- One of its limits has ended a pane that was opened here, or sent to.
---@param data { pane: string, reason: string }
function M.pane_ended(data)
  message.show("!", data.pane .. " was ended: " .. data.reason, nil, vim.log.levels.WARN)
  vim.api.nvim_exec_autocmds("User", { pattern = "LlmSendEnded", modeline = false, data = data })
  require("llm-send.listing").refresh()
end

--- The person has called off what waited.
---@param id string
---@return string? offer what a key would do now
function M.called_off(id)
  local sent, result = M.waiting[id], { ok = false, id = id, outcome = "refused", reason = "cancelled" }
  if sent then
    told[id], M.waiting[id] = result, nil
    result.message, sent.outcome, unsent = "Called off", "refused", sent
    count(result)
    message.event(result)
    return offer_of(result)
  end
end

--- How one ended that was looked at again.
---@param id string
---@param result llm-send.Result
function M.resolved(id, result)
  local ours = unsent and unsent.id == id and unsent
  if ours then
    ours.outcome = result.outcome
    M.waiting[id] = result.outcome == "queued" and ours or nil
    remember(ours)
  end
  count(result)
  if result.outcome == "unconfirmed" then
    message.show("?", result.message, result.hint, vim.log.levels.WARN) -- nothing new for scripts
  else
    message.outcome(result, ours and offer_of(result) or nil)
  end
  require("llm-send.listing").refresh()
end

return M
