-- Rows of cells as lines that stand under each other.
local M = {}

--- A column nobody fills is left out.
---@param rows string[][]
---@return string[]
function M.align(rows)
  local width = {}
  for _, row in ipairs(rows) do
    for i, cell in ipairs(row) do
      width[i] = math.max(width[i] or 0, vim.fn.strdisplaywidth(cell))
    end
  end
  return vim.tbl_map(function(row)
    local line = ""
    for i, cell in ipairs(row) do
      if width[i] > 0 then
        line = line .. cell .. (" "):rep(width[i] - vim.fn.strdisplaywidth(cell) + 2)
      end
    end
    return vim.trim(line)
  end, rows)
end

return M
