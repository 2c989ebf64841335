-- What an agent says, as text that can do nothing but be read: nothing in it moves, hides or looks like another line.
local M = {}

local most_characters = 2000
local names = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\27"] = "\\e" }

-- Drawn as nothing: soft hyphen, fillers, joiners, separators, selectors, tags. strtrans() knows some of them.
local unseen = {
  { 0xad, 0xad },
  { 0x34f, 0x34f },
  { 0x61c, 0x61c },
  { 0x115f, 0x1160 },
  { 0x17b4, 0x17b5 },
  { 0x180b, 0x180f },
  { 0x200b, 0x200f },
  { 0x2028, 0x202e },
  { 0x2060, 0x206f },
  { 0x3164, 0x3164 },
  { 0xfe00, 0xfe0f },
  { 0xfeff, 0xfeff },
  { 0xffa0, 0xffa0 },
  { 0xe0000, 0xe0fff },
}

---@param character string
---@return string? replacement
local function escaped(character)
  local code = vim.fn.char2nr(character)
  for _, range in ipairs(unseen) do
    if code >= range[1] and code <= range[2] then
      return ("\\u{%x}"):format(code)
    end
  end
end

---@param text string
---@return string one line
function M.text(text)
  local shown = text:gsub("%c", function(control)
    return names[control] or ("\\x%02x"):format(control:byte())
  end)
  shown = vim.fn.strtrans(shown):gsub("[\194-\244][\128-\191]+", escaped)
  local kept = vim.fn.strcharpart(shown, 0, most_characters)
  return kept == shown and shown or kept .. " …"
end

--- As many of the line's characters as fit into `columns`, and the rest.
local function split(line, columns)
  local count = columns
  local head = vim.fn.strcharpart(line, 0, count)
  while vim.fn.strdisplaywidth(head) > columns do
    count = count - 1
    head = vim.fn.strcharpart(line, 0, count)
  end
  return head, line:sub(#head + 1)
end

--- Broken here where the screen would break them: its own break cannot be told from the end of a line.
---@param texts string[]
---@return string[]
function M.lines(texts)
  local room, lines = math.max(vim.o.columns - 1, 12), {}
  for _, text in ipairs(texts) do
    local head, rest = split(M.text(text), room)
    lines[#lines + 1] = head
    while rest ~= "" do
      head, rest = split(rest, room - 4)
      lines[#lines + 1] = "  ↳ " .. head
    end
  end
  return lines
end

return M
