-- After the host has died: what it had in hand is asked for and carried on, or said to be unknown.
local ask = require("llm-send.ask")
local message = require("llm-send.message")
local receipts = require("llm-send.receipts")

local M = {}

local under_way = false -- the host is being started again

---@param sent llm-send.Sent
local function unknown(sent)
  receipts.ended(sent, {
    ok = false,
    outcome = "unconfirmed",
    reason = "host_died",
    message = "The Python host ended during this send, which may or may not have happened",
    hint = "Look at the pane, or in :LlmSend history",
  })
end

local function all_unknown()
  vim.iter(vim.tbl_values(receipts.lost)):each(unknown)
end

--- The host is not coming back.
---@param problem llm-send.Error
local function give_up(problem)
  all_unknown()
  if next(receipts.waiting) then
    message.error(problem.message, "What waits stays in the queue")
  end
end

---@param sent llm-send.Sent
local function ask_after(sent)
  ask.host("resolve", { id = sent.id }, function(result)
    if result.outcome ~= "queued" then
      receipts.settled(result) -- the host may say so unasked as well
    elseif receipts.lost[sent.id] then
      receipts.ended(sent, result)
    end
  end, function()
    if receipts.lost[sent.id] then
      unknown(sent)
    end
    return true
  end)
end

--- Another may be delivering these by now, whose end would not be told of here.
---@param sends llm-send.Sent[] all of which waited a moment ago
local function follow(sends)
  local ids = vim.tbl_map(function(sent)
    return sent.id
  end, sends)
  ask.host("carry_on", { ids = ids }, function(answer)
    vim
      .iter(sends)
      :filter(function(sent)
        return vim.list_contains(answer.ended, sent.id)
      end)
      :each(ask_after)
  end)
end

---@param entry llm-send.Entry
local function still_waits(entry)
  local sent = receipts.lost[entry.id]
  if sent then
    local where = entry.pane or entry.pane_id
    local text = where and "It waits for " .. where or "It waits"
    receipts.ended(sent, { ok = true, id = sent.id, outcome = "queued", message = text, hint = ":LlmSend queue" })
  end
end

--- If it had sends in hand it is started again at once, but only once, so that what waits goes on.
function M.host_ended()
  if under_way then
    return all_unknown()
  elseif not (next(receipts.waiting) or next(receipts.lost)) then
    return
  end
  under_way = true
  local hint = "What it had in hand waits or is in :LlmSend history"
  message.show("…", "The Python host ended", hint, vim.log.levels.WARN)
  ask.host("queue", {}, function(answer)
    under_way = false
    local in_hand = vim.tbl_extend("error", receipts.waiting, receipts.lost)
    local waits = {}
    for _, entry in ipairs(answer.entries or {}) do
      table.insert(waits, in_hand[entry.id])
      in_hand[entry.id] = nil
      still_waits(entry)
    end
    vim.iter(vim.tbl_values(in_hand)):each(ask_after)
    if #waits > 0 then
      follow(waits)
    end
  end, function(problem)
    give_up(problem)
    vim.schedule(function()
      under_way = false -- not before this death has been told of
    end)
    return true
  end)
end

return M
