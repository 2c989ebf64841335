-- Panes as the person sees and picks them: the listing, the offer after a refused send, and what can be done to one.
local ask = require("llm-send.ask")
local config = require("llm-send.config")
local message = require("llm-send.message")

local M = {}

-- The panes and shell helpers of these names are part of the machine contract.
local names = { normal = "claude-normal", plan = "claude-plan", ["auto-accept"] = "claude-auto" }
local listed = {} ---@type llm-send.Pane[] as of the last listing

---@param pane llm-send.Pane
local function name_of(pane)
  return pane.name or pane.id
end

---@param callback fun(panes: llm-send.Pane[], problem?: llm-send.Error)
function M.list(callback)
  ask.host("panes", {}, function(result)
    listed = result.panes or {}
    callback(listed)
  end, function(problem)
    callback({}, problem)
    return true
  end)
end

--- Names for completion: those of the last listing, while a new one is fetched for the next time.
---@return string[]
function M.names()
  M.list(function() end)
  return vim.tbl_map(name_of, listed)
end

--- The mode, and how it stands to the lock: `plan ✓`, `plan ?`, `plan → claude:auto`.
---@param pane llm-send.Pane
function M.mode_text(pane)
  if not pane.lock then
    return pane.mode or "mode ?"
  elseif pane.mode and pane.mode ~= pane.lock then
    return pane.lock .. " → " .. pane.mode
  end
  return pane.lock .. (pane.verified and " ✓" or " ?")
end

local function cells(pane)
  local where = ("%s %s %s"):format(pane.session or "", pane.id, vim.fn.fnamemodify(pane.cwd or "", ":~"))
  return { name_of(pane), M.mode_text(pane), pane.state, pane.guarded and "" or "unguarded", vim.trim(where) }
end

--- One aligned row a pane.
---@param panes llm-send.Pane[]
---@return string[]
function M.rows(panes)
  return require("llm-send.columns").align(vim.tbl_map(cells, panes))
end

---@param panes llm-send.Pane[]
---@param on_choice fun(pane: llm-send.Pane)
local function choose_among(panes, prompt, on_choice)
  if #panes == 0 then
    return message.error("No Claude runs in this tmux server", "Start one with: " .. names.normal)
  end
  local rows = M.rows(panes)
  local indexes = vim.tbl_keys(rows)
  table.sort(indexes)
  ask.person(indexes, {
    prompt = prompt,
    kind = "llm-send-pane",
    format_item = function(i)
      return rows[i]
    end,
  }, function(i)
    on_choice(panes[i])
  end)
end

local function choose(prompt, on_choice)
  M.list(function(panes, problem)
    if problem then
      return message.error(problem.message, problem.hint)
    end
    choose_among(panes, prompt, on_choice)
  end)
end

---@param pane? string id or name; asked for when missing
---@param act fun(pane: string)
local function with_pane(pane, prompt, act)
  if pane then
    return act(pane)
  end
  choose(prompt, function(chosen)
    act(chosen.id)
  end)
end

---@param pane? string
function M.set(pane)
  with_pane(pane, "Send to which Claude by default?", function(id)
    ask.host("target", { pane = id }, function(result)
      message.show("✓", "Sends without a mode go to " .. name_of(result.pane))
    end)
  end)
end

--- With neither, the pane used last.
---@param pane? string
---@param mode? llm-send.Mode
function M.focus(pane, mode)
  ask.host("focus", { pane = pane, mode = mode }, function() end, function(problem)
    if problem.code ~= "ambiguous" then
      return false
    end
    choose("Go to which Claude?", function(chosen)
      M.focus(chosen.id)
    end)
    return true
  end)
end

---@param pane? string
---@param mode llm-send.Mode
function M.mode(pane, mode)
  with_pane(pane, ("Put which Claude into %s mode?"):format(mode), function(id)
    ask.host("mode", { pane = id, mode = mode }, function(result)
      message.show("✓", ("%s is in %s mode"):format(name_of(result.pane), result.pane.mode or mode))
    end)
  end)
end

---@param pane? string
---@param force? boolean
function M.close(pane, force)
  with_pane(pane, "Close which Claude?", function(id)
    ask.host("close", { pane = id, force = force }, function(result)
      message.show("✓", "Closed " .. name_of(result.pane))
    end, function(problem)
      if force or not vim.list_contains({ "busy", "waiting", "policy" }, problem.code) then
        return false
      end
      ask.person({ "Keep it", "Close it anyway" }, { prompt = problem.message }, function(_, index)
        if index == 2 then
          M.close(id, true)
        end
      end)
      return true
    end)
  end)
end

---@param opts llm-send.SpawnOptions
---@param callback? fun(result: llm-send.Result)
function M.spawn(opts, callback)
  local params = vim.tbl_extend("keep", {}, opts, {
    mode = "normal",
    where = config.get("spawn.where"),
    focus = config.get("spawn.focus"),
  })
  message.progress("starting " .. (params.name or names[params.mode] or "Claude"))
  ask.host("spawn", params, callback or function(result)
    message.show(
      result.note and "!" or "✓",
      "Started " .. name_of(result.pane),
      result.note or M.mode_text(result.pane)
    )
  end, callback and function(_, result)
    callback(result)
    return true
  end)
end

--- The panes, and what to do with the one picked.
function M.panes()
  choose("Claude panes", function(pane)
    local acts = {
      { "Send here by default", M.set },
      { "Go to it", M.focus },
      { "Close it", M.close },
    }
    for _, mode in ipairs(ask.modes) do
      local change = function(id)
        M.mode(id, mode)
      end
      acts[#acts + 1] = pane.mode ~= mode and { ("Put it into %s mode"):format(mode), change } or nil
    end
    ask.person(acts, {
      prompt = name_of(pane),
      format_item = function(act)
        return act[1]
      end,
    }, function(act)
      act[2](pane.id)
    end)
  end)
end

--- Whether the refusal is one to ask about, and a question would now meet somebody who is not typing something else.
---@param result llm-send.Result
function M.offers(result)
  local now = vim.api.nvim_get_mode()
  local asked_about = result.reason == "no_candidate" or result.reason == "ambiguous" or result.reason == "elsewhere"
  return asked_about and config.get("offer") and now.mode == "n" and not now.blocking
end

---@param params table of the send
---@param refusal string also in the question: a menu may cover the message
local function offer_spawn(params, refusal, deliver)
  local mode = params.mode or "normal"
  local start = ("Start %s here and send"):format(names[mode])
  ask.person({ start, "Choose another pane", "Cancel" }, { prompt = refusal }, function(_, index)
    if index == 1 then
      M.spawn({ mode = mode }, function(result)
        if result.error then
          return message.error(result.error.message, result.error.hint)
        end
        deliver(vim.tbl_extend("force", params, { pane = result.pane.id }))
      end)
    elseif index == 2 then
      choose("Send to which Claude?", function(pane)
        -- The person named a pane, so its own mode counts and no longer the one asked for.
        local to = vim.tbl_extend("force", params, { pane = pane.id })
        to.mode = nil
        deliver(to)
      end)
    end
  end)
end

--- After a refused send that the person can put right: asks, and sends the same text on.
---@param params table of the send
---@param result llm-send.Result
---@param deliver fun(params: table)
function M.offer(params, result, deliver)
  if not M.offers(result) then
    return
  end
  local refusal = message.line("✗", result.message, result.hint)
  if result.reason == "no_candidate" then
    return offer_spawn(params, refusal, deliver)
  end
  choose_among(result.candidates or {}, refusal, function(pane)
    deliver(vim.tbl_extend("force", params, { pane = pane.id }))
  end)
end

return M
