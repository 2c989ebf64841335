-- :LlmSend history: what was sent and what became of it, to be read, copied, sent again.
local again = require("llm-send.again")
local ask = require("llm-send.ask")
local listing = require("llm-send.listing")
local message = require("llm-send.message")
local window = require("llm-send.window")

local M = {}

local most_entries = 200
local marks = {
  delivered = { "✓", "LlmSendDelivered" },
  refused = { "✗", "LlmSendRefused" },
  unconfirmed = { "?", "LlmSendUnconfirmed" },
}
local open_mark = { "…", "LlmSendQueued" }

---@param entry llm-send.Entry
local function mark_of(entry)
  return marks[entry.outcome] or open_mark
end

--- The hour for one of today, else the day.
---@param seconds number unix seconds
local function time(seconds)
  local at = math.floor(seconds)
  return os.date(os.date("%F", at) == os.date("%F") and "%H:%M" or "%F", at) --[[@as string]]
end

---@param entry llm-send.Entry
local function cells(entry)
  return { mark_of(entry)[1], time(entry.created_at), entry.mode or "", entry.pane or entry.pane_id or "" }
end

---@param facts string[] those that are not known are ""
local function joined(facts)
  local known = vim.tbl_filter(function(fact)
    return fact ~= ""
  end, facts)
  return table.concat(known, " · ")
end

---@param entry llm-send.Entry
---@return string
local function proof(entry)
  local evidence = entry.receipt and entry.receipt.evidence or {}
  return #evidence > 0 and "seen by " .. table.concat(evidence, ", ") or ""
end

--- What became of it, over the text.
---@param entry llm-send.Entry
---@return string[]
local function report(entry)
  local facts = joined({
    vim.trim(("%s %s"):format(entry.outcome or "under way", entry.reason or "")),
    os.date("%F %T", math.floor(entry.created_at)) --[[@as string]],
    entry.mode and entry.mode .. " mode" or "",
    entry.pane or entry.pane_id or "",
    entry.elapsed_ms and ("%d ms"):format(entry.elapsed_ms) or "",
    proof(entry),
    "id " .. entry.id:sub(1, 8),
  })
  local said = entry.message and message.line("", entry.message, entry.hint)
  return vim.list_extend({ ("%s %s"):format(mark_of(entry)[1], facts), said }, { "" })
end

---@param entry llm-send.Entry
local function show(entry)
  local lines = vim.list_extend(report(entry), vim.split(entry.text, "\n", { plain = true }))
  local buffer, fresh = window.open("llm-send://history/" .. entry.id, #lines)
  if fresh then
    window.read_only(buffer, "llm-send-text")
  end
  window.fill(buffer, lines)
end

--- Sends it again as it was, or in another mode.
---@param entry llm-send.Entry
---@param mode? llm-send.Mode
local function send(entry, mode)
  if not entry.outcome then
    return message.error("It has not ended yet", ":LlmSend queue")
  end
  again.once_more("resend", { id = entry.id, mode = mode or entry.mode }, entry.id, entry.outcome)
end

---@param entry llm-send.Entry
local function to_mode(entry)
  ask.person(ask.modes, { prompt = "Send it to a Claude in which mode?" }, function(mode)
    send(entry, mode)
  end)
end

---@param entry llm-send.Entry
local function yank(entry)
  vim.fn.setreg(vim.v.register, entry.text)
  message.show("✓", "Yanked the text")
end

---@param entry llm-send.Entry
local function look_again(entry)
  if entry.outcome ~= "unconfirmed" then
    return message.error("Only an unconfirmed send can be looked at again")
  end
  again.resolve(entry.id)
end

local function purge()
  local choices = { "Keep all", "Remove what is older than 30 days", "Remove all that has ended" }
  ask.person(choices, { prompt = "The history, with its texts:" }, function(_, index)
    if index > 1 then
      ask.host("purge", { older_than = index == 2 and 30 or nil }, function()
        message.show("✓", "Removed from the history")
        listing.refresh()
      end)
    end
  end)
end

---@param words string[] only texts with all of them
function M.open(words)
  listing.open({
    name = "history",
    verb = "history",
    params = { words = #words > 0 and words or nil, limit = most_entries },
    cells = cells,
    highlight = function(entry)
      return mark_of(entry)[2]
    end,
    nothing = #words > 0 and "No send has these words" or "Nothing has been sent yet",
    keys = {
      { "<CR>", "show", show },
      {
        "s",
        "send",
        function(entry)
          send(entry)
        end,
      },
      { "m", "to mode", to_mode },
      { "y", "yank", yank },
      { "v", "look again", look_again },
      { "D", "purge", purge },
    },
  })
end

return M
