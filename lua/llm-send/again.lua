-- What did not arrive, once more: looked at again, sent again.
local ask = require("llm-send.ask")
local message = require("llm-send.message")
local receipts = require("llm-send.receipts")

local M = {}

--- Looks again at one that is unconfirmed, by default the last of this editor.
---@param id? string
function M.resolve(id)
  local last = receipts.unsent()
  id = id or (last and last.outcome == "unconfirmed" and last.id or nil)
  if not id then
    return message.error("No send of this editor is unconfirmed", ":LlmSend history has them all")
  end
  ask.host("resolve", { id = id }, function(result)
    receipts.resolved(id, result)
  end)
end

--- Sends once more. What may have arrived is looked for first, and goes a second time only if the person says so.
---@param verb "send"|"resend"
---@param params table what the verb takes
---@param id string
---@param outcome? llm-send.Outcome
function M.once_more(verb, params, id, outcome)
  if outcome ~= "unconfirmed" then
    return receipts.transmit(verb, params)
  end
  local function in_doubt(doubt, hint)
    ask.person({ "Leave it", "Send it again" }, { prompt = message.line("?", doubt, hint) }, function(_, index)
      if index == 2 then
        receipts.transmit(verb, params)
      end
    end)
    return true
  end
  ask.host("resolve", { id = id }, function(result)
    if result.outcome == "refused" and result.reason ~= "draft" then -- then it stands in Claude's box, unsent
      receipts.transmit(verb, params)
    elseif result.outcome == "unconfirmed" then
      in_doubt(result.message, result.hint)
    else
      receipts.resolved(id, result)
    end
  end, function(problem)
    return in_doubt("It may have arrived", problem.message)
  end)
end

--- The last text of this editor that did not arrive.
function M.again()
  local last = receipts.unsent()
  if not last then
    return message.error("Nothing to send again", ":LlmSend history has all that was sent")
  end
  M.once_more(last.verb, last.params, last.id, last.outcome)
end

return M
