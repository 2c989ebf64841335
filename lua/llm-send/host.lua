-- The Python host: started when first needed, asked by notification, answered by callback. The editor never waits.
local config = require("llm-send.config")

local M = {}

local deaths_allowed, deaths_within_ms, stderr_kept = 3, 60000, 20

-- How long quitting may wait for a host that is only starting and has been asked something.
local start_within_ms = 5000

-- A longer text is handed over in pieces of about this size, each in a turn of the editor's loop of its own: 1 MB at
-- once would be felt.
local piece_bytes = 64 * 1024

-- How a Python ends that never came to serving; the host itself ends in other ways. Its word that it serves is not
-- enough: Neovim drops what a channel said last when it closes.
local never_served = { [1] = true, [2] = true, [126] = true, [127] = true }

---@class llm-send.Pending
---@field verb llm-send.Verb
---@field callback fun(result: llm-send.Result)
---@field asked? boolean the host has been told the whole of it

local channel ---@type integer?
local ready = false -- the host has said that it serves
local last_id = 0
local pending = {} ---@type table<integer, llm-send.Pending>
local outbox = {} ---@type { id: integer, params: table, pieces?: fun(): string? }[] oldest first
local deaths = {} ---@type integer[] when, in ms
local stderr = {} ---@type string[]

local function failure(code, message, hint)
  return { ok = false, error = { code = code, message = message, hint = hint } }
end

local function stderr_tail()
  for i = #stderr, 1, -1 do
    if stderr[i]:find("%S") then
      return vim.trim(stderr[i])
    end
  end
end

--- Ends every call that is out.
local function fail_pending(reason, hint, served)
  local ended = pending
  pending, ready = {}, false
  local unsure = failure("host_died", "The Python host ended during this send")
  for _, call in pairs(ended) do
    local sends = call.verb == "send" or call.verb == "resend"
    call.callback(served and sends and call.asked and unsure or failure("host", reason, hint))
  end
end

---@param served boolean whether it may have done what it was asked
local function gone(reason, served)
  local now = vim.uv.now()
  deaths = vim.tbl_filter(function(at)
    return now - at < deaths_within_ms
  end, deaths)
  deaths[#deaths + 1] = now
  channel = nil
  fail_pending(reason, stderr_tail() or ":checkhealth llm-send", served)
  require("llm-send.recovery").host_ended()
end

---@return llm-send.Result? refusal
local function worn_out()
  local oldest = deaths[#deaths - deaths_allowed + 1]
  if oldest and vim.uv.now() - oldest < deaths_within_ms then
    local why = stderr_tail()
    return failure("host", "The Python host ended 3 times in a minute", why or ":checkhealth llm-send")
  end
end

---@return llm-send.Result? problem
local function start_job()
  local python = vim.fs.normalize(config.get("python"))
  if vim.fn.executable(python) == 0 then
    local hint = ("Run `make venv` in %s"):format(vim.fn.fnamemodify(config.root(), ":~"))
    return failure("host", "The plugin's Python is missing", hint)
  end
  stderr = {}
  local this
  local started, job = pcall(vim.fn.jobstart, { python, "-I", "-m", "llm_send.entry.nvim" }, {
    rpc = true,
    -- When the editor quits, the host reads the end of its input, brings a send that has pasted to its end, and goes.
    -- An attached job would hold the editor up meanwhile, and be killed after two seconds.
    detach = true,
    -- A folder that stays: the host must not hold on to one of the person's. Each request carries its own.
    cwd = config.root(),
    on_stderr = function(_, lines)
      vim.list_extend(stderr, lines)
      stderr = vim.list_slice(stderr, math.max(1, #stderr - stderr_kept + 1))
    end,
    on_exit = function(_, code)
      if channel == this then
        gone(("The Python host ended with code %d"):format(code), ready or not never_served[code])
      end
    end,
  })
  if not started or job <= 0 then
    return failure("host", "The Python host cannot be started", started and python or tostring(job))
  end
  this = job
  channel = job
end

---@return llm-send.Result? problem
local function attach_remote()
  local found, attached = pcall(vim.fn.LlmSendAttach)
  if not found then
    return failure("host", "The remote plugin is not there", "Run :UpdateRemotePlugins and restart Neovim")
  end
  channel, ready = attached, true
  -- Nobody reports the end of a channel that is not our job.
  local timer = assert(vim.uv.new_timer())
  timer:start(500, 500, function()
    vim.schedule(function()
      if channel == attached and not pcall(vim.fn.jobpid, attached) then
        gone("Neovim's Python provider ended", true)
      end
      if channel ~= attached and not timer:is_closing() then
        timer:close()
      end
    end)
  end)
end

---@return llm-send.Result? problem
local function ensure()
  if channel then
    return
  end
  local refusal = worn_out()
  if refusal then
    return refusal
  end
  if config.get("host") == "remote" then
    return attach_remote()
  end
  return start_job()
end

--- What an iterator gives of a text, in order and without gaps.
---@param text string|string[] lines are joined here, so that this too is done piece by piece
---@return fun(): string? next_piece
local function pieces_of(text)
  local at = 1
  if type(text) == "string" then
    return function()
      local piece = text:sub(at, at + piece_bytes - 1)
      at = at + #piece
      return piece ~= "" and piece or nil
    end
  end
  return function()
    local first, bytes = at, 0
    while at <= #text and bytes < piece_bytes do
      bytes, at = bytes + #text[at] + 1, at + 1
    end
    if at > first then
      return require("llm-send.editor").join(text, first, at - 1) .. (at <= #text and "\n" or "")
    end
  end
end

---@return llm-send.Result? problem
local function tell(...)
  local problem = ensure()
  if problem then
    return problem
  end
  local told, why = pcall(vim.rpcnotify, channel, ...)
  return not told and failure("host", "The Python host cannot be asked", tostring(why)) or nil
end

--- Hands over the next piece of the oldest request, or its end.
local function advance()
  local next = outbox[1]
  local id, call = next.id, pending[next.id]
  local piece = call and next.pieces and next.pieces()
  local problem
  if piece then
    problem = tell("llm_send_text", id, piece)
  elseif call then
    problem = tell("llm_send_request", id, call.verb, next.params)
    call.asked = not problem
  end
  if problem then
    vim.schedule(function()
      M.reply(id, problem)
    end)
  end
  if problem or not piece then
    table.remove(outbox, 1)
  end
end

local function take_turns()
  if outbox[1] then
    advance()
  end
  if outbox[1] then
    vim.defer_fn(take_turns, 0)
  end
end

--- The editor is about to go: hands over all that is left. A host that is only starting would not hear it.
local function hand_over_the_rest()
  while outbox[1] do
    advance()
  end
  if next(pending) and channel and not ready then
    vim.wait(start_within_ms, function()
      return ready or not channel
    end, 5)
  end
end

vim.api.nvim_create_autocmd("VimLeavePre", {
  group = vim.api.nvim_create_augroup("llm-send.host", {}),
  callback = hand_over_the_rest,
})

--- Asks the host and returns at once. The callback is called once, later, and never if `forget(id)` comes first.
---@param verb llm-send.Verb
---@param params table
---@param callback fun(result: llm-send.Result)
---@return integer id
function M.request(verb, params, callback)
  last_id = last_id + 1
  pending[last_id] = { verb = verb, callback = callback }
  local text, long = params.text, nil
  if type(text) == "table" or type(text) == "string" and #text > piece_bytes then
    params, long = vim.tbl_extend("force", params, { text = "" }), text
  end
  outbox[#outbox + 1] = { id = last_id, params = params, pieces = long and pieces_of(long) }
  if #outbox > 1 then
    return last_id -- the turns are being taken
  elseif long then
    vim.defer_fn(take_turns, 0)
  else
    advance()
  end
  return last_id
end

--- Its answer, should one still come, is not wanted.
function M.forget(id)
  pending[id] = nil
end

local function without_null(value)
  if value == vim.NIL then
    return nil
  elseif type(value) ~= "table" then
    return value
  end
  for key, inner in pairs(value) do
    value[key] = without_null(inner)
  end
  return value
end

--- Called by the host: the answer to a request. One that nobody waits for any more is dropped.
function M.reply(id, result)
  local call = pending[id]
  if call then
    pending[id] = nil
    call.callback(without_null(result))
  end
end

--- Called by the host, unasked.
---@param name "ready"|"progress"|"settled"|"ended"|"agents_changed"|"agent_event"|"asked"|"ask_over"
function M.event(name, data)
  data = without_null(data)
  if name == "ready" then
    ready = true
  elseif name == "progress" then
    require("llm-send.message").progress(data.message)
  elseif name == "settled" then
    require("llm-send.receipts").settled(data.result)
  elseif name == "ended" then
    require("llm-send.receipts").pane_ended(data)
  elseif name == "agents_changed" then
    require("llm-send.agents").changed()
  elseif name == "agent_event" then
    require("llm-send.agents").told(data)
  elseif name == "asked" then
    require("llm-send.consent").asked(data)
  elseif name == "ask_over" then
    require("llm-send.consent").over(data.id)
  end
end

--- For :checkhealth and tests.
function M.status()
  return { channel = channel, ready = ready, deaths = #deaths, pending = vim.tbl_count(pending), stderr = stderr }
end

return M
