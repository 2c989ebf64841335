-- nvim -l tools/vimdoc-lint.lua FILE...
-- Says where a help file has a dead |link|, a line wider than 78 columns, or a tag defined twice.

local WIDTH = 78
local problems, tags = {}, {}

local function problem(file, number, text)
  table.insert(problems, ("%s:%d: %s"):format(file, number, text))
end

--- Every tag of Neovim's own help: links may go there.
local function builtin_tags()
  local found = {}
  for line in io.lines(vim.env.VIMRUNTIME .. "/doc/tags") do
    found[line:match("^[^\t]+")] = true
  end
  return found
end

--- The lines of `file` that are prose: what stands between `>` and `<` is an example.
local function prose(file)
  local number, example = 0, false
  local next_line = io.lines(file)
  return function()
    while true do
      local line = next_line()
      if not line then
        return nil
      end
      number = number + 1
      if example and line:match("^%S") then
        example = false
      end
      local shown = not example
      if line:match("^>%a*$") or line:match(" >%a*$") then
        example = true
      end
      if shown then
        return number, line
      end
    end
  end
end

local function collect_tags(file)
  for number, line in prose(file) do
    for tag in (" " .. line .. " "):gmatch("%f[*]%*([^%s*|]+)%*%f[%s]") do
      if tags[tag] then
        problem(file, number, ("*%s* is defined twice"):format(tag))
      end
      tags[tag] = true
    end
  end
end

local function check_links(file, builtin)
  for number, line in prose(file) do
    for link in line:gmatch("|([^%s|]+)|") do
      if not (tags[link] or builtin[link]) then
        problem(file, number, ("|%s| leads nowhere"):format(link))
      end
    end
  end
end

local function check_width(file)
  local number = 0
  for line in io.lines(file) do
    number = number + 1
    local width = vim.fn.strdisplaywidth(line)
    if width > WIDTH then
      problem(file, number, ("%d columns, at most %d"):format(width, WIDTH))
    end
  end
end

local builtin = builtin_tags()
local files = vim
  .iter(ipairs(arg))
  :map(function(_, file)
    return vim.uv.fs_stat(file) and file
  end)
  :totable()
vim.iter(files):each(collect_tags)
for _, file in ipairs(files) do
  check_links(file, builtin)
  check_width(file)
end
if #problems > 0 then
  print(table.concat(problems, "\n"))
  os.exit(1)
end
