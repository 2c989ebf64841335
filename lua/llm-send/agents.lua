-- :LlmSend agents: who has opened whom, what each is doing, and who waits for the person.
local listing = require("llm-send.listing")
local message = require("llm-send.message")
local target = require("llm-send.target")
local tree = require("llm-send.tree")
local visible = require("llm-send.visible")

local M = {}

local every_ms = 2000
local by_itself = false -- nobody has asked for what is being asked

---@type table<string, { [1]: string, [2]: string }>
local marks = {
  idle = { "✓", "LlmSendDelivered" },
  busy = { "…", "LlmSendQueued" },
  starting = { "…", "LlmSendQueued" },
}
local needs_you, other_mark = { "!", "LlmSendRefused" }, { "-", "LlmSendMeta" }

---@param entry llm-send.Branch
local function mark_of(entry)
  return entry.needs_you and needs_you or marks[entry.agent.pane.state] or other_mark
end

---@param entry llm-send.Branch
---@return string[]
local function cells(entry)
  local agent = entry.agent
  if not agent then
    return { mark_of(entry)[1], visible.text(entry.question.asker), "", "", "asks you" }
  end
  return vim.tbl_map(visible.text, {
    mark_of(entry)[1],
    ("  "):rep(entry.level) .. (agent.pane.name or agent.pane.id),
    target.mode_text(agent.pane),
    agent.model or "",
    entry.question and "asks you" or agent.pane.state,
    table.concat(agent.confinement or {}, ","),
    agent.opened_at and require("llm-send.queue").age(agent.opened_at) or "",
  })
end

--- What nobody has asked for says nothing when it fails, and takes no line away.
local function fetch(on_entries, on_error)
  local quiet = by_itself
  require("llm-send.host").request("agents", { here = require("llm-send.editor").here() }, function(result)
    if not result.error then
      return on_entries(tree.branches(result), result)
    end
    if not quiet then
      message.error(result.error.message, result.error.hint)
    end
    if on_error then
      on_error()
    end
  end)
end

--- On an agent, not on the question of one that is gone.
---@param act fun(pane: llm-send.Pane)
local function with_pane(act)
  return function(entry)
    if entry.agent then
      act(entry.agent.pane)
    end
  end
end

local go_to = with_pane(function(pane)
  target.focus(pane.id)
end)

---@param entry llm-send.Branch
local function answer(entry)
  if entry.question then
    return require("llm-send.consent").ask(entry.question)
  end
  go_to(entry)
end

local write_to = with_pane(function(pane)
  vim.ui.input({ prompt = ("To %s: "):format(pane.name or pane.id) }, function(text)
    if text and text:find("%S") then
      vim.cmd.redraw()
      require("llm-send").send({ text = text, pane = pane.id })
    end
  end)
end)

local close = with_pane(function(pane)
  target.close(pane.id)
end)

--- Something has changed, or may have.
function M.changed()
  by_itself = true
  listing.refresh_only("agents")
  by_itself = false
end

--- Asks every two seconds for as long as it can be seen, and the person is not selecting in it.
---@param buffer integer
local function keep_up(buffer)
  local timer = assert(vim.uv.new_timer())
  timer:start(
    every_ms,
    every_ms,
    vim.schedule_wrap(function()
      if not vim.api.nvim_buf_is_valid(buffer) then
        return timer:is_closing() or timer:close()
      end
      local here = vim.api.nvim_get_current_buf() == buffer
      if vim.fn.bufwinid(buffer) ~= -1 and not (here and vim.api.nvim_get_mode().mode ~= "n") then
        M.changed()
      end
    end)
  )
end

vim.api.nvim_create_autocmd("FileType", {
  group = vim.api.nvim_create_augroup("llm-send.agents", {}),
  pattern = "llm-send-agents", -- once for each window
  callback = function(event)
    keep_up(event.buf)
  end,
})

function M.open()
  listing.open({
    name = "agents",
    fetch = fetch,
    cells = cells,
    highlight = function(entry)
      return mark_of(entry)[2]
    end,
    nothing = "No agent is running · :LlmSend spawn opens one",
    keys = {
      { "<CR>", "go to", go_to },
      { "m", "message", write_to },
      { "a", "answer", answer },
      { "x", "close", close },
    },
  })
end

local shown = {
  waiting = { "!", vim.log.levels.WARN },
  finished = { "✓", vim.log.levels.INFO },
  warning = { "!", vim.log.levels.WARN },
}

--- One of them waits, has finished, or is to be looked at.
---@param data llm-send.AgentEvent
function M.told(data)
  local mark, level = unpack(shown[data.kind] or shown.warning)
  message.show(mark, ("%s: %s"):format(visible.text(data.pane), visible.text(data.message)), nil, level)
  vim.api.nvim_exec_autocmds("User", { pattern = "LlmSendAgent", modeline = false, data = data })
  M.changed()
end

return M
