-- One short word for a statusline: what is under way, what waits, else how the last send ended.
local M = {}

local marks = { delivered = "✓", refused = "✗", unconfirmed = "?" }
local last = ""
local text = ""

---@param what string
---@param count integer
local function counted(what, count)
  return count == 1 and "… " .. what or ("… %s %d"):format(what, count)
end

---@param result llm-send.Result
local function ending(result)
  local where = result.pane and (result.pane.name or result.pane.id) or result.reason or result.outcome
  return ("%s %s"):format(marks[result.outcome], where)
end

---@param sending integer sends under way
---@param queued integer sends that wait for a busy pane
---@param result? llm-send.Result the one that has just ended, or waits now
function M.update(sending, queued, result)
  if result and marks[result.outcome] then
    last = ending(result)
  end
  text = sending > 0 and counted("sending", sending) or queued > 0 and counted("queued", queued) or last
  vim.cmd.redrawstatus({ bang = true })
end

--- Cheap enough for every redraw: a string worked out when something happened.
---@return string
function M.text()
  return text
end

return M
