-- :LlmSend queue: what waits for a busy Claude, to be read, changed, moved and called off.
local ask = require("llm-send.ask")
local listing = require("llm-send.listing")
local message = require("llm-send.message")
local receipts = require("llm-send.receipts")
local window = require("llm-send.window")

local M = {}

--- How long ago: "5s", "3m", "2h", "4d".
---@param since number unix seconds
function M.age(since)
  local seconds = math.max(0, os.time() - math.floor(since))
  for _, unit in ipairs({ { 86400, "d" }, { 3600, "h" }, { 60, "m" } }) do
    if seconds >= unit[1] then
      return math.floor(seconds / unit[1]) .. unit[2]
    end
  end
  return seconds .. "s"
end

---@param entry llm-send.Entry
local function cells(entry)
  local place = entry.place and tostring(entry.place + 1) or "-"
  return { entry.pane or entry.pane_id or entry.mode or "?", place, M.age(entry.created_at) }
end

--- Saved at once, so that `:wq` can go; should it not be taken, the text is still there and says so.
---@param buffer integer
---@param entry llm-send.Entry
local function save(buffer, entry)
  local found = require("llm-send.editor").buffer()
  if found.problem then
    return message.error(found.problem, found.hint)
  end
  vim.bo[buffer].modified = false
  ask.host("queue_edit", { id = entry.id, text = found.text }, function()
    if not vim.bo[buffer].modified and #vim.fn.win_findbuf(buffer) == 0 then
      vim.api.nvim_buf_delete(buffer, {})
    end
    message.show("✓", "Changed what waits for " .. cells(entry)[1])
    listing.refresh()
  end, function(problem)
    vim.bo[buffer].modified = true
    message.error(problem.message, ("Your text is in buffer %d"):format(buffer))
    return true
  end)
end

---@param entry llm-send.Entry
local function edit(entry)
  local lines = vim.split(entry.text, "\n", { plain = true })
  local buffer, fresh = window.open("llm-send://queue/" .. entry.id, #lines)
  if not vim.bo[buffer].modified then
    window.fill(buffer, lines)
  end
  if not fresh then
    return
  end
  vim.bo[buffer].buftype = "acwrite"
  vim.bo[buffer].bufhidden = "hide"
  vim.bo[buffer].filetype = "llm-send-text"
  vim.api.nvim_create_autocmd("BufWriteCmd", {
    buffer = buffer,
    callback = function()
      save(buffer, entry)
    end,
  })
end

--- Calls off one that waits, and goes on if it did.
---@param entry llm-send.Entry
---@param on_done fun(offer?: string) `offer`: what a key would do now
local function call_off(entry, on_done)
  ask.host("cancel", { id = entry.id }, function(result)
    if not vim.list_contains(result.cancelled or {}, entry.id) then
      message.error("It is on its way already")
    else
      on_done(receipts.called_off(entry.id))
    end
    listing.refresh()
  end)
end

---@param entry llm-send.Entry
local function cancel(entry)
  call_off(entry, function(offer)
    message.show("✓", "Called off", offer or ":LlmSend history has the text")
  end)
end

---@param entry llm-send.Entry
local function to_mode(entry)
  ask.person(ask.modes, { prompt = "Send it to a Claude in which mode instead?" }, function(mode)
    call_off(entry, function()
      receipts.transmit("resend", { id = entry.id, mode = mode })
    end)
  end)
end

---@param by integer
local function move(by)
  return function(entry)
    local place = entry.place and entry.place + by * vim.v.count1
    if place then
      ask.host("queue_move", { id = entry.id, place = math.max(0, place) }, listing.refresh)
    end
  end
end

---@param pane? string its name or id; without it all
function M.open(pane)
  listing.open({
    name = "queue",
    verb = "queue",
    params = { pane = pane },
    cells = cells,
    nothing = pane and "Nothing waits for " .. pane or "Nothing waits",
    keys = {
      { "<CR>", "", edit },
      { "e", "edit", edit },
      { "dd", "call off", cancel },
      { "J", "later", move(1) },
      { "K", "sooner", move(-1) },
      { "m", "to mode", to_mode },
    },
  })
end

--- Calls off one send, without an id all of this editor's, that has not touched a pane yet.
---@param id? string
function M.cancel(id)
  ask.host("cancel", { id = id }, function(result)
    local count = #(result.cancelled or {})
    vim.iter(result.cancelled or {}):each(receipts.called_off)
    local what = count == 1 and "1 send" or count .. " sends"
    message.show("✓", count == 0 and "No send was waiting" or "Cancelled " .. what)
    listing.refresh()
  end)
end

return M
