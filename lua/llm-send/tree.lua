-- Agents in the order of who has opened whom.
local visible = require("llm-send.visible")

local M = {}

---@class llm-send.Branch: llm-send.Entry
---@field agent? llm-send.Agent nil for the question of an agent that is not there any more
---@field question? llm-send.Question the first it has asked
---@field level? integer 0 at the top
---@field needs_you? boolean
---@field urgent? boolean it needs the person, or one below it does

---@param agent llm-send.Agent
---@param questions table<string, llm-send.Question>
---@return llm-send.Branch
local function branch(agent, questions)
  local question
  for _, id in ipairs(agent.asks or {}) do
    question = question or questions[id]
  end
  return {
    id = agent.pane.id,
    agent = agent,
    question = question,
    needs_you = question ~= nil or agent.pane.state == "waiting",
    text = visible.text(question and question.title or agent.said or ""),
  }
end

--- Those that nobody here has opened, and for each of the others, by the opener's id, those it has. An agent whose
--- openers go round in a circle stands at the top.
---@param branches llm-send.Branch[]
local function families(branches)
  local by_id, tops, children = {}, {}, {}
  for _, each in ipairs(branches) do
    by_id[each.id] = each
  end
  local function leads_to_a_top(each)
    local seen = {}
    while each and not seen[each.id] do
      seen[each.id] = true
      each = by_id[each.agent.opener]
    end
    return not each
  end
  for _, each in ipairs(branches) do
    local opener = by_id[each.agent.opener]
    local kin = tops
    if opener and leads_to_a_top(each) then
      children[opener.id] = children[opener.id] or {}
      kin = children[opener.id]
    end
    kin[#kin + 1] = each
  end
  return tops, children
end

--- Those that need the person first, else in the order they came in.
local function urgent_first(branches)
  local calm = {}
  local sorted = vim.tbl_filter(function(each)
    if not each.urgent then
      calm[#calm + 1] = each
    end
    return each.urgent
  end, branches)
  return vim.list_extend(sorted, calm)
end

--- The questions of agents that are not listed, as entries of their own.
---@param result llm-send.Result
local function left_over(result)
  local listed = {}
  for _, agent in ipairs(result.agents or {}) do
    for _, id in ipairs(agent.asks or {}) do
      listed[id] = true
    end
  end
  local rest = vim.tbl_filter(function(question)
    return not listed[question.id]
  end, result.asks or {})
  return vim.tbl_map(function(question)
    return { id = question.id, question = question, needs_you = true, text = visible.text(question.title) }
  end, rest)
end

--- One below the other as they are shown.
---@param result llm-send.Result of "agents"
---@return llm-send.Branch[]
function M.branches(result)
  local questions = {}
  for _, question in ipairs(result.asks or {}) do
    questions[question.id] = question
  end
  local tops, children = families(vim.tbl_map(function(agent)
    return branch(agent, questions)
  end, result.agents or {}))
  local function mark(each, level)
    each.level, each.urgent = level, each.needs_you
    for _, child in ipairs(children[each.id] or {}) do
      mark(child, level + 1)
      each.urgent = each.urgent or child.urgent
    end
  end
  local shown = left_over(result)
  local function add(each)
    shown[#shown + 1] = each
    vim.iter(urgent_first(children[each.id] or {})):each(add)
  end
  for _, top in ipairs(tops) do
    mark(top, 0)
  end
  vim.iter(urgent_first(tops)):each(add)
  return shown
end

return M
