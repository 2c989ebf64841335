-- What an agent may do is asked of the person here: one question at a time, and never of somebody who is typing.
local ask = require("llm-send.ask")
local message = require("llm-send.message")
local visible = require("llm-send.visible")

local M = {}

-- A key meant for the text must not answer. So no key has been typed for a while when the menu opens, and an answer
-- that comes sooner than anybody reads is none.
local quiet_ms, readable_ms = 800, 500

local keys = vim.api.nvim_create_namespace("llm-send.consent")
local group = vim.api.nvim_create_augroup("llm-send.consent", {})
local choices = { "Yes, once", "Yes, for this session", "No" }
local answers = { "once", "session", "no" }
local said = { "Allowed, once", "Allowed for this session", "Not allowed" }

local waiting = {} ---@type llm-send.Question[] not shown yet, oldest first
local told = {} ---@type table<string, boolean> those that a message stands for, by id
local showing ---@type llm-send.Question?
local timer ---@type uv.uv_timer_t?
local last_key_ms = 0

local function now_ms()
  return vim.uv.hrtime() / 1e6
end

--- Whether nothing else has been begun, which keys would be meant for.
local function is_free()
  local now = vim.api.nvim_get_mode()
  return (now.mode == "n" or now.mode == "nt")
    and not now.blocking
    and vim.fn.state("moaSsx") == ""
    and vim.fn.reg_recording() .. vim.fn.reg_executing() .. vim.fn.getcmdwintype() == ""
end

--- What was typed ahead is not an answer. Neovim deals with keys before it deals with what is due, so there is rarely
--- any.
local function drop_typeahead()
  for _ = 1, 1000 do
    if vim.fn.getcharstr(0) == "" then
      return
    end
  end
end

---@param question llm-send.Question
local function first_line(question)
  return visible.text(question.title)
end

---@param question llm-send.Question
local function remind(question)
  if not told[question.id] then
    told[question.id] = true
    local asks = ("%s asks: %s"):format(visible.text(question.asker), first_line(question))
    message.show("!", asks, ":LlmSend agents answers", vim.log.levels.WARN)
  end
end

local soon

--- Looks again whenever the person may have come to rest; nothing is left behind when no question waits.
local function watch()
  vim.api.nvim_clear_autocmds({ group = group })
  vim.on_key(nil, keys)
  if #waiting == 0 then
    return
  end
  vim.on_key(function()
    last_key_ms = now_ms()
  end, keys)
  vim.api.nvim_create_autocmd("ModeChanged", { group = group, pattern = "*:n*", callback = soon })
  vim.api.nvim_create_autocmd("CursorHold", { group = group, callback = soon })
end

---@param question llm-send.Question
---@param index? integer
local function answer(question, index)
  if question.over then
    return message.show("!", "That question is over", "Nothing was answered", vim.log.levels.WARN)
  elseif not index then
    local left = ("%s is not answered"):format(first_line(question))
    return message.show("!", left, ":LlmSend agents answers", vim.log.levels.WARN)
  end
  told[question.id] = nil
  ask.host("answer_ask", { id = question.id, answer = answers[index] }, function()
    message.show("✓", ("%s: %s"):format(said[index], first_line(question)))
    require("llm-send.agents").changed()
  end)
end

--- As it is asked: every line of it, so that what is agreed to can be read.
---@param question llm-send.Question
local function prompt(question)
  return table.concat(visible.lines({ question.title, unpack(question.lines or {}) }), "\n")
end

---@param question llm-send.Question
local function show(question)
  showing = question
  drop_typeahead()
  local shown_ms = now_ms()
  local function done(_, index)
    if showing == question then
      showing = nil
    end
    vim.cmd.redraw() -- the menu still stands there, and a message after it would ask for <Enter>
    if index and not question.over and now_ms() - shown_ms < readable_ms then
      table.insert(waiting, 1, question) -- nobody has read it
    else
      answer(question, index)
    end
    soon()
  end
  local opts = { prompt = prompt(question), kind = "llm-send-consent" }
  local called, why = pcall(vim.ui.select, choices, opts, done)
  if not called and showing == question then
    done()
  end
  if not called and not tostring(why):find("Keyboard interrupt", 1, true) then -- which CTRL-C in the menu is
    error(why, 0)
  end
end

local function show_next()
  if showing or #waiting == 0 then
    return watch()
  elseif not is_free() then
    vim.iter(waiting):each(remind)
    return watch()
  elseif now_ms() - last_key_ms < quiet_ms then
    vim.iter(waiting):each(remind)
    return soon()
  end
  local question = table.remove(waiting, 1)
  watch()
  show(question)
end

--- After a while in which nothing is typed.
function soon()
  timer = timer or assert(vim.uv.new_timer())
  timer:start(quiet_ms, 0, vim.schedule_wrap(show_next))
  watch()
end

---@param id string
local function take_out(id)
  waiting = vim.tbl_filter(function(question)
    return question.id ~= id
  end, waiting)
end

--- An agent asks.
---@param question llm-send.Question
function M.asked(question)
  take_out(question.id)
  waiting[#waiting + 1] = question
  if not is_free() then
    remind(question)
  end
  soon()
end

--- It was answered elsewhere, or has expired.
---@param id string
function M.over(id)
  take_out(id)
  told[id] = nil
  if showing and showing.id == id then
    showing.over = true
    showing = nil -- a picker that was closed without a word would hold up the rest for ever
  end
  soon()
end

--- The person wants to answer it now.
---@param question llm-send.Question
function M.ask(question)
  take_out(question.id)
  show(vim.deepcopy(question))
end

return M
