-- Questions: to the host, and to the person.
local M = {}

M.modes = { "normal", "plan", "auto-accept" }

--- Asks the host; an error is told, an answer goes on, be it that a send was refused.
---@param verb llm-send.Verb
---@param params table
---@param on_ok fun(result: llm-send.Result)
---@param on_error? fun(problem: llm-send.Error, result: llm-send.Result): boolean? whether it is dealt with
function M.host(verb, params, on_ok, on_error)
  params.here = require("llm-send.editor").here()
  require("llm-send.host").request(verb, params, function(result)
    local message = require("llm-send.message")
    message.end_progress()
    if result.outcome or not result.error then
      on_ok(result)
    elseif not (on_error and on_error(result.error, result)) then
      message.error(result.error.message, result.error.hint)
    end
  end)
end

--- vim.ui.select, so pickers plug in; nothing happens when nothing is picked.
---@param items any[]
---@param opts table
---@param on_choice fun(item: any, index: integer)
function M.person(items, opts, on_choice)
  vim.ui.select(items, opts, function(item, index)
    if index then
      -- Neovim's own menu still stands there, and a message after it would ask for <Enter>.
      vim.cmd.redraw()
      on_choice(item, index)
    end
  end)
end

return M
