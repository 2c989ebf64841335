-- One short word for a statusline: what is under way, else how the last send ended.
local M = {}

local marks = { delivered = "✓", queued = "…", refused = "✗", unconfirmed = "?" }
local sending = 0
local last = ""
local text = ""

local function refresh()
  text = sending == 0 and last or sending == 1 and "… sending" or ("… sending %d"):format(sending)
  vim.cmd.redrawstatus({ bang = true })
end

function M.started()
  sending = sending + 1
  refresh()
end

---@param result llm-send.Result
function M.ended(result)
  sending = math.max(0, sending - 1)
  local where = result.pane and (result.pane.name or result.pane.id) or result.reason or result.outcome
  last = ("%s %s"):format(marks[result.outcome] or "✗", where)
  refresh()
end

--- Cheap enough for every redraw: a string worked out when something happened.
---@return string
function M.text()
  return text
end

return M
