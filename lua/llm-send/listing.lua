-- A window with one line for each entry, kept up to date: what the queue and the history have in common.
local ask = require("llm-send.ask")
local window = require("llm-send.window")

local M = {}

local namespace = vim.api.nvim_create_namespace("llm-send")
local most_columns = 300 -- of a text's first line
local common_keys = { { "r", "refresh" }, { "q", "close" } }

---@class llm-send.Key
---@field [1] string
---@field [2] string what it does, in few words, for all stand on one line; "" for a second key
---@field [3] fun(entry: llm-send.Entry) not called where there is none

---@alias llm-send.OnEntries fun(entries: llm-send.Entry[], result: llm-send.Result)

---@class llm-send.Listing
---@field name "queue"|"history"|"agents"
---@field verb? llm-send.Verb
---@field params? table
---@field fetch? fun(on_entries: llm-send.OnEntries, on_error?: fun()) in their stead
---@field cells fun(entry: llm-send.Entry): string[] what stands before the text
---@field highlight? fun(entry: llm-send.Entry): string of the first cell
---@field keys llm-send.Key[]
---@field nothing string
---@field entries? llm-send.Entry[] as shown
---@field help? boolean whether the keys are shown
---@field asking? boolean
---@field stale? boolean

local shown = {} ---@type table<integer, llm-send.Listing> by buffer

local function define_highlights()
  local links = {
    LlmSendDelivered = "DiagnosticOk",
    LlmSendQueued = "DiagnosticInfo",
    LlmSendRefused = "DiagnosticWarn",
    LlmSendUnconfirmed = "DiagnosticError",
    LlmSendMeta = "Comment",
  }
  for group, link in pairs(links) do
    vim.api.nvim_set_hl(0, group, { link = link, default = true })
  end
end

---@param entry llm-send.Entry
---@return string
function M.first_line(entry)
  return vim.fn.strcharpart(vim.trim(entry.text:match("[^\n]*%S[^\n]*") or ""), 0, most_columns)
end

--- In the line over the window, where a long list does not hide it.
---@param listing llm-send.Listing
local function show_help(listing)
  local keys = listing.help and vim.list_extend(vim.list_slice(listing.keys), common_keys)
    or { { "?", "shows the keys" } }
  local words = vim
    .iter(keys)
    :filter(function(key)
      return key[2] ~= ""
    end)
    :map(function(key)
      return ("%%#LlmSendMeta#%s%%* %s"):format(key[1], key[2])
    end)
    :join("  ")
  vim.wo[0][0].winbar = words .. "%<" -- cut at the end
end

---@param buffer integer
---@param listing llm-send.Listing
---@param entries llm-send.Entry[]
local function draw(buffer, listing, entries)
  local lines = require("llm-send.columns").align(vim.tbl_map(function(entry)
    return vim.list_extend(listing.cells(entry), { M.first_line(entry) })
  end, entries))
  listing.entries = entries
  window.fill(buffer, #lines > 0 and lines or { listing.nothing })
  vim.api.nvim_buf_clear_namespace(buffer, namespace, 0, -1)
  for i, entry in ipairs(entries) do
    local before = #lines[i] - #M.first_line(entry)
    vim.api.nvim_buf_set_extmark(buffer, namespace, i - 1, 0, { end_col = before, hl_group = "LlmSendMeta" })
    if listing.highlight then
      local first = { end_col = #listing.cells(entry)[1], hl_group = listing.highlight(entry), priority = 5000 }
      vim.api.nvim_buf_set_extmark(buffer, namespace, i - 1, 0, first)
    end
  end
end

--- The window that shows it; there is one, for without one the buffer is wiped out.
local function window_of(buffer)
  return vim.api.nvim_get_current_buf() == buffer and 0 or vim.fn.win_findbuf(buffer)[1]
end

--- The entry the cursor is on.
local function current(buffer)
  return shown[buffer].entries[vim.api.nvim_win_get_cursor(window_of(buffer))[1]]
end

--- The cursor stays on its entry wherever that moves.
---@param buffer integer
---@param entries llm-send.Entry[]
local function redraw(buffer, entries)
  local at, column = current(buffer), vim.api.nvim_win_get_cursor(window_of(buffer))[2]
  draw(buffer, shown[buffer], entries)
  for i, entry in ipairs(entries) do
    if at and entry.id == at.id then
      vim.api.nvim_win_set_cursor(window_of(buffer), { i, column })
    end
  end
end

---@param listing llm-send.Listing
---@param on_entries llm-send.OnEntries
---@param on_error? fun()
local function fetch(listing, on_entries, on_error)
  if listing.fetch then
    return listing.fetch(on_entries, on_error)
  end
  ask.host(listing.verb, vim.deepcopy(listing.params), function(result)
    on_entries(result.entries or result.sends or {}, result)
  end, on_error)
end

---@param buffer integer
local function refresh(buffer)
  local listing = shown[buffer]
  if listing.asking then
    listing.stale = true -- once more when the answer is there
    return
  end
  listing.asking, listing.stale = true, false
  fetch(listing, function(entries)
    listing.asking = false
    if shown[buffer] ~= listing then
      return -- closed meanwhile
    end
    redraw(buffer, entries)
    if listing.stale then
      refresh(buffer)
    end
  end, function()
    listing.asking = false
  end)
end

--- Something has changed: what is on the screen is asked for anew.
function M.refresh()
  vim.iter(vim.tbl_keys(shown)):each(refresh)
end

--- The same, for one list alone.
---@param name string
function M.refresh_only(name)
  vim.iter(vim.tbl_keys(shown)):each(function(buffer)
    if shown[buffer].name == name then
      refresh(buffer)
    end
  end)
end

---@param buffer integer
---@param listing llm-send.Listing
local function define_keys(buffer, listing)
  for _, key in ipairs(listing.keys) do
    vim.keymap.set("n", key[1], function()
      local entry = current(buffer)
      if entry then
        key[3](entry)
      end
    end, { buffer = buffer, nowait = true, desc = key[2] })
  end
  vim.keymap.set("n", "?", function()
    listing.help = not listing.help
    show_help(listing)
  end, { buffer = buffer, nowait = true, desc = "Show the keys" })
  vim.keymap.set("n", "r", M.refresh, { buffer = buffer, nowait = true, desc = "Refresh" })
end

---@param listing llm-send.Listing
---@param entries llm-send.Entry[]
local function open(listing, entries)
  define_highlights()
  local buffer, fresh = window.open("llm-send://" .. listing.name, #entries + 1)
  shown[buffer] = listing
  if fresh then
    window.read_only(buffer, "llm-send-" .. listing.name)
    vim.api.nvim_create_autocmd("BufWipeout", {
      buffer = buffer,
      callback = function()
        shown[buffer] = nil
      end,
    })
  end
  define_keys(buffer, listing)
  local view = vim.wo[0][0]
  view.wrap, view.cursorline, view.number, view.relativenumber, view.list = false, true, false, false, false
  show_help(listing)
  draw(buffer, listing, entries)
end

--- Asks, and opens the window; where there is nothing to show, says so instead.
---@param listing llm-send.Listing
function M.open(listing)
  fetch(listing, function(entries, result)
    if #entries == 0 then
      local off = result.enabled == false and "It is switched off in the configuration" or nil
      return require("llm-send.message").show("✓", listing.nothing, off)
    end
    open(listing, entries)
  end)
end

return M
