-- The options of setup(): what there is, what each may be, and the values in force.
local M = {}

---@class llm-send.ConfigKey
---@field key string dotted as in setup({ spawn = { where = … } })
---@field type string|string[] Lua types, or the values allowed
---@field default any
---@field default_text? string where the default is worked out
---@field doc string one sentence; the help file carries the same words

local root = vim.fs.dirname(vim.fs.dirname(vim.fs.dirname(debug.getinfo(1, "S").source:sub(2))))

---@type llm-send.ConfigKey[]
M.schema = {
  {
    key = "python",
    type = "string",
    default = root .. "/.venv/bin/python",
    default_text = "<plugin>/.venv/bin/python",
    doc = "The Python that runs the host; `make venv` builds the default one.",
  },
  {
    key = "host",
    type = { "jobstart", "remote" },
    default = "jobstart",
    doc = "How the host is started: by the plugin itself, or as a remote plugin of Neovim's Python provider.",
  },
  {
    key = "tmux.socket",
    type = "string",
    doc = "Path of the tmux server's socket, as `tmux -S`; without it $TMUX, else tmux's default server.",
  },
  {
    key = "tmux.name",
    type = "string",
    doc = "Name of the tmux server, as `tmux -L`; `tmux.socket` wins over it.",
  },
  {
    key = "spawn.where",
    type = { "h", "v", "window", "session" },
    default = "h",
    doc = "Where a new Claude goes: beside (h) or below (v) the pane you are in, a window, a session.",
  },
  {
    key = "spawn.focus",
    type = "boolean",
    default = false,
    doc = "Whether a new Claude takes the keyboard.",
  },
  {
    key = "default_keys",
    type = "boolean",
    default = true,
    doc = "Whether to define the default keys where yours leave room.",
  },
  {
    key = "offer",
    type = "boolean",
    default = true,
    doc = "Whether to ask what to do when no pane, or more than one, can take a send.",
  },
  {
    key = "notify",
    type = { "boolean", "function" },
    default = true,
    doc = "Show outcomes through vim.notify, through your function(text, level, opts), or not at all.",
  },
  {
    key = "progress_after",
    type = "number",
    default = 300,
    doc = "Milliseconds a send may take before a line says what it waits for.",
  },
}

local lua_types = { string = true, boolean = true, number = true, ["function"] = true }

---@param entry llm-send.ConfigKey
---@return boolean fits, string expected
local function fits(entry, value)
  local allowed = type(entry.type) == "table" and entry.type or { entry.type } --[[@as string[] ]]
  local expected = table.concat(allowed, " or ")
  for _, one in ipairs(allowed) do
    if (lua_types[one] and type(value) == one) or (not lua_types[one] and value == one) then
      return true, expected
    end
  end
  return false, expected
end

--- Levenshtein's distance, enough for words of this length.
local function distance(a, b)
  local row = {}
  for j = 0, #b do
    row[j] = j
  end
  for i = 1, #a do
    local diagonal
    diagonal, row[0] = row[0], i
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      diagonal, row[j] = row[j], math.min(row[j] + 1, row[j - 1] + 1, diagonal + cost)
    end
  end
  return row[#b]
end

local function nearest(word, words)
  local best, least = nil, math.huge
  for _, candidate in ipairs(words) do
    local d = distance(word, candidate)
    if d < least then
      best, least = candidate, d
    end
  end
  return best
end

---@param entry llm-send.ConfigKey
---@return string? problem
local function misfit(entry, value)
  local fine, expected = fits(entry, value)
  if not fine then
    return ("%s: found %s, expected %s"):format(entry.key, vim.inspect(value), expected)
  end
end

--- Every key in `opts`, dotted; what stands under a name that is no group is a value.
---@return table<string, any>
local function flat(opts, groups, prefix)
  local values = {}
  for name, value in pairs(opts) do
    local key = prefix .. tostring(name)
    if groups[key] and type(value) == "table" then
      values = vim.tbl_extend("error", values, flat(value, groups, key .. "."))
    else
      values[key] = value
    end
  end
  return values
end

---@param opts table
---@return table<string, any> values by dotted key, string[] problems
local function read(opts)
  local by_key, groups, problems = {}, {}, {}
  for _, entry in ipairs(M.schema) do
    by_key[entry.key] = entry
    groups[entry.key:match("^(.-)%.") or ""] = true
  end
  local values = flat(opts, groups, "")
  for key, value in pairs(values) do
    local entry = by_key[key]
    local problem
    if entry then
      problem = misfit(entry, value)
    elseif groups[key] then
      problem = ("%s: found %s, expected a table"):format(key, vim.inspect(value))
    else
      problem = ("found the unknown key %s, nearest: %s"):format(key, nearest(key, vim.tbl_keys(by_key)))
    end
    if problem then
      values[key] = nil
      problems[#problems + 1] = problem
    end
  end
  table.sort(problems)
  return values, problems
end

local given = {}

--- The value in force for a dotted key.
---@param key string
---@return any
function M.get(key)
  if given[key] ~= nil then
    return given[key]
  end
  if key == "host" and vim.g.llm_send_host then
    return vim.g.llm_send_host
  end
  for _, entry in ipairs(M.schema) do
    if entry.key == key then
      return entry.default
    end
  end
  error("llm-send: no such configuration key: " .. key)
end

--- Where the plugin is installed.
function M.root()
  return root
end

--- Where Python keeps the log and the history: the XDG rules of llm_send/paths.py, known here too because they are
--- wanted most when Python does not run.
function M.state_folder()
  local base = vim.env.XDG_STATE_HOME or ""
  if base:sub(1, 1) ~= "/" then
    base = (vim.env.HOME or vim.uv.os_homedir()) .. "/.local/state"
  end
  return base .. "/llm-send"
end

local function remove_default_keys()
  for _, mode in ipairs({ "n", "x" }) do
    for _, map in ipairs(vim.api.nvim_get_keymap(mode)) do
      if map.desc == "llm-send: default key" then
        vim.api.nvim_del_keymap(mode, map.lhs)
      end
    end
  end
end

--- What is wrong is said and left out; what is right holds, so a slip does not cost the rest of a configuration.
---@param opts? table
function M.setup(opts)
  if opts ~= nil and type(opts) ~= "table" then
    opts = {}
    vim.notify("✗ llm-send setup(): expected a table", vim.log.levels.ERROR, { title = "llm-send" })
  end
  local problems
  given, problems = read(opts or {})
  for _, problem in ipairs(problems) do
    vim.notify("✗ llm-send setup(): " .. problem, vim.log.levels.ERROR, { title = "llm-send" })
  end
  if given.default_keys == false then
    vim.g.llm_send_no_default_maps = true
    remove_default_keys()
  end
end

return M
