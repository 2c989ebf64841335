-- Windows below, with buffers of our own.
local M = {}

--- When the window is closed, be it by `:wq`, the cursor goes back to where it came from.
---@param window integer
---@param origin integer
local function back_from(window, origin)
  vim.api.nvim_create_autocmd("WinClosed", {
    pattern = tostring(window),
    once = true,
    callback = function()
      if vim.api.nvim_get_current_win() == window and vim.api.nvim_win_is_valid(origin) then
        vim.api.nvim_set_current_win(origin)
      end
    end,
  })
end

--- The buffer of that name, in a window that has the cursor.
---@param name string
---@param lines integer that the window should show
---@return integer buffer, boolean fresh whether it was made just now
function M.open(name, lines)
  local buffer = vim.fn.bufnr("^" .. name .. "$")
  local fresh = buffer == -1
  if fresh then
    buffer = vim.api.nvim_create_buf(false, false)
    vim.api.nvim_buf_set_name(buffer, name)
    vim.bo[buffer].swapfile = false
  end
  local window = vim.fn.bufwinid(buffer)
  if window ~= -1 then
    vim.api.nvim_set_current_win(window)
    return buffer, fresh
  end
  local origin = vim.api.nvim_get_current_win()
  local height = math.max(3, math.min(lines, math.floor(vim.o.lines / 2)))
  window = vim.api.nvim_open_win(buffer, true, { split = "below", win = -1, height = height })
  vim.wo[window][0].winfixheight = true
  back_from(window, origin)
  return buffer, fresh
end

local function close()
  if not pcall(vim.cmd.close) then
    vim.cmd.enew() -- it is the last one
  end
end

--- Text that is not the person's to change; `q` closes it.
---@param buffer integer
---@param filetype string
function M.read_only(buffer, filetype)
  vim.bo[buffer].buftype = "nofile"
  vim.bo[buffer].bufhidden = "wipe"
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].filetype = filetype
  vim.keymap.set("n", "q", close, { buffer = buffer, nowait = true, desc = "Close" })
end

---@param buffer integer
---@param lines string[]
function M.fill(buffer, lines)
  local modifiable = vim.bo[buffer].modifiable
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.bo[buffer].modifiable = modifiable
  vim.bo[buffer].modified = false
end

return M
