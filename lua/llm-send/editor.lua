-- What the editor knows: the text asked for, byte for byte, and where the person is.
local config = require("llm-send.config")

local M = {}

-- Twice the limit Python holds a text to after cleaning. Reading more would stall the editor for a text that cannot
-- be sent anyway.
local most_bytes = 4 * 1024 * 1024

-- What is longer than this is not joined at the key press, but piece by piece on its way to the host.
local long_bytes = 64 * 1024

--- A NUL inside a line is "\n" in Lua. Nearly no text has one, so look for it with one search over the whole.
---@param lines string[]
---@param first? integer
---@param last? integer
function M.join(lines, first, last)
  if table.concat(lines, "", first, last):find("\n", 1, true) then
    for i = first or 1, last or #lines do
      lines[i] = lines[i]:gsub("\n", "\0")
    end
  end
  return table.concat(lines, "\n", first, last)
end

local function file_of(buffer)
  local name = vim.api.nvim_buf_get_name(buffer)
  return vim.bo[buffer].buftype == "" and name ~= "" and name or nil
end

local function visible(lines)
  for _, line in ipairs(lines) do
    if line:find("%S") then
      return true
    end
  end
end

---@param lines string[]
---@param bytes integer no fewer than they are
---@param what string "the buffer" …
---@return llm-send.Text
local function text_of(lines, bytes, what)
  if visible(lines) then
    return { text = bytes > long_bytes and lines or M.join(lines), file = file_of(0) }
  end
  local nothing = #lines < 2 and (lines[1] or "") == "" and "is empty" or "has nothing but white space"
  return { problem = ("Nothing to send: %s %s"):format(what, nothing) }
end

local function bytes_of(first, last)
  return vim.api.nvim_buf_get_offset(0, last) - vim.api.nvim_buf_get_offset(0, first - 1)
end

---@return llm-send.Text? refusal
local function too_large(bytes, what)
  if bytes > most_bytes then
    local message = ("Too large: %s is %.1f MB, the limit is 2 MB"):format(what, bytes / 1e6)
    return { problem = message, hint = "Write it to a file and send its path" }
  end
end

--- Lines `first` to `last`, from 1, both included.
---@return llm-send.Text
function M.lines(first, last, what)
  local bytes = bytes_of(first, last)
  return too_large(bytes, what) or text_of(vim.api.nvim_buf_get_lines(0, first - 1, last, false), bytes, what)
end

---@return llm-send.Text
function M.buffer()
  return M.lines(1, vim.api.nvim_buf_line_count(0), "the buffer")
end

---@param from integer[] as from getpos()
---@param to integer[]
---@param kind string "v", "V" or CTRL-V
---@return llm-send.Text
local function region(from, to, kind, what, options)
  local first, last = math.min(from[2], to[2]), math.max(from[2], to[2])
  if kind == "V" then
    return M.lines(first, last, what)
  end
  -- Cuts as a yank would: 'selection', wide characters and tabs at the edges, "$" in a block.
  options = vim.tbl_extend("error", { type = kind }, options or {})
  local bytes = bytes_of(first, last)
  return too_large(bytes, what) or text_of(vim.fn.getregion(from, to, options), bytes, what)
end

--- The selection of a Visual mode that is going on; ends it.
---@return llm-send.Text
function M.selection()
  local found = region(vim.fn.getpos("v"), vim.fn.getpos("."), vim.fn.mode(), "the selection")
  vim.cmd.normal({ "\27", bang = true })
  return found
end

--- What an operator was given ('operatorfunc').
---@param kind "char"|"line"|"block"
---@return llm-send.Text
function M.motion(kind)
  local as = { char = "v", line = "V", block = "\22" }
  -- '] is the last character itself, whatever 'selection' says.
  return region(vim.fn.getpos("'["), vim.fn.getpos("']"), as[kind], "the text of the motion", { exclusive = false })
end

--- The tmux server to use: the configured one, else the one Neovim runs in, else (nil, nil) tmux's default.
---@return string? socket, string? name
local function server()
  local socket = config.get("tmux.socket")
  if socket then
    return vim.fs.normalize(socket)
  end
  local name = config.get("tmux.name")
  return not name and (vim.env.TMUX or ""):match("^([^,]+)") or nil, name
end

---@return llm-send.Here
function M.here()
  local socket, name = server()
  local own = (vim.env.TMUX or ""):match("^([^,]+)")
  -- $TMUX_PANE names a pane of the server in $TMUX; on another server it would name a stranger.
  local same = own and (socket == own or name == vim.fs.basename(own))
  local cwd = vim.fn.getcwd()
  return {
    cwd = cwd ~= "" and cwd or "/", -- the folder was deleted
    pane = same and vim.env.TMUX_PANE or nil,
    socket = socket,
    socket_name = name,
  }
end

return M
