-- What the person is told: one line through vim.notify, which never asks for <Enter>.
local config = require("llm-send.config")

local M = {}

local levels = vim.log.levels
local shown = {
  delivered = { "✓", levels.INFO, "LlmSendDelivered" },
  queued = { "…", levels.INFO, "LlmSendQueued" },
  refused = { "✗", levels.WARN, "LlmSendRefused" },
  unconfirmed = { "?", levels.WARN, "LlmSendUnconfirmed" },
}
local whole = "Nothing has been said yet"
local progress_shown = false

local why_hint = " … :LlmSend why"

local function width(text)
  return vim.fn.strdisplaywidth(text)
end

--- The line, or as much of it as there is room for. `:LlmSend why` shows the rest, and is named where that costs
--- nothing of the message or there is room for both.
local function fit(line, short, room)
  if width(line) <= room then
    return line
  end
  local whole_but_hint = width(short .. " …") <= room and width(short .. why_hint) > room
  local tail = (whole_but_hint or room < 2 * width(why_hint)) and " …" or why_hint
  local kept = short
  while width(kept .. tail) > room and kept ~= "" do
    kept = vim.fn.strcharpart(kept, 0, vim.fn.strchars(kept) - 1)
  end
  return kept .. tail
end

--- Neovim's own vim.notify writes to the command line, where a line too long stops the editor with a prompt. One from
--- a plugin has room.
local function is_own(notify)
  local source = debug.getinfo(notify, "S").source
  return source == "?" or vim.startswith(source, "@vim/") -- "?": compiled in, from 0.12 on
end

---@param write fun(text: string)
local function on_last_line(line, short, write)
  -- 'showcmd' keeps 11 columns for itself, which beside a Claude is much; it takes them back with the next key.
  local cramped = vim.o.showcmd and width(line) > vim.v.echospace
  if cramped then
    vim.cmd("noautocmd set noshowcmd")
  end
  write(fit(line, short, vim.v.echospace))
  if cramped then
    vim.cmd("noautocmd set showcmd")
  end
end

--- `mark message · hint` on one line.
---@param mark "✓"|"…"|"✗"|"?"|"!"|""
---@param message string
---@param hint? string
---@return string
function M.line(mark, message, hint)
  local line = mark .. " " .. message:gsub("%.$", "")
  if hint and hint ~= "" then
    line = line .. " · " .. hint:gsub("%.$", "")
  end
  return vim.trim((line:gsub("%s+", " ")))
end

---@param line string what must be seen of `whole`
---@param short string what must be seen at least
---@param level integer
local function tell(line, short, level)
  local notify = config.get("notify")
  if type(notify) == "function" then
    notify(whole, level, { title = "llm-send" })
  elseif notify and is_own(vim.notify) then
    on_last_line(width(whole) <= vim.v.echospace and whole or line, short, function(text)
      vim.notify(text, level)
    end)
  elseif notify then
    vim.notify(whole, level, { title = "llm-send" })
  end
end

---@param mark "✓"|"…"|"✗"|"?"|"!"
---@param message string
---@param hint? string
---@param level? integer
---@param offer? string what a key would do now; the first to go where there is no room
function M.show(mark, message, hint, level, offer)
  local line = M.line(mark, message, hint)
  whole, progress_shown = offer and line .. " · " .. offer or line, false
  tell(line, M.line(mark, message), level or levels.INFO)
end

---@param message string
---@param hint? string
function M.error(message, hint)
  M.show("✗", message, hint, levels.ERROR)
end

--- The last line in full, for one that was cut.
function M.why()
  vim.api.nvim_echo({ { whole } }, false, {})
end

--- `User LlmSend…`, for scripts.
---@param result llm-send.Result with an outcome
function M.event(result)
  vim.api.nvim_exec_autocmds("User", { pattern = shown[result.outcome][3], modeline = false, data = result })
end

--- Says how a send ended, to the person and to scripts.
---@param result llm-send.Result with an outcome
---@param offer? string as in `show`
function M.outcome(result, offer)
  local mark, level = unpack(shown[result.outcome])
  if result.error and not result.id and result.outcome == "refused" then
    level = levels.ERROR -- it was not even a send
  end
  M.show(mark, result.message, result.hint, level, offer)
  M.event(result)
end

--- A quiet line while a send is under way: not kept in :messages, and not over what the person is typing.
---@param text string
function M.progress(text)
  if config.get("notify") ~= true or vim.api.nvim_get_mode().mode:sub(1, 1) ~= "n" then
    return
  end
  progress_shown = true
  on_last_line("… " .. text, "… " .. text, function(line)
    vim.api.nvim_echo({ { line } }, false, {})
  end)
end

--- Takes the quiet line away when nothing else has.
function M.end_progress()
  if progress_shown then
    progress_shown = false
    vim.api.nvim_echo({ { "" } }, false, {})
  end
end

return M
