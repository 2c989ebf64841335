-- :LlmSend, the <Plug> maps and the default keys. Nothing is required here until one of them is used.
if vim.g.loaded_llm_send then
  return
end
vim.g.loaded_llm_send = 1

local too_old = "✗ llm-send needs Neovim 0.10 or newer · :version shows yours, :help llm-send-requirements"

--- Looked up at use and not at load: an old Neovim starts quietly and says why when a key is pressed.
local function call(name, ...)
  if vim.fn.has("nvim-0.10") == 0 then
    vim.notify(too_old, vim.log.levels.ERROR, { title = "llm-send" })
    return
  end
  return require("llm-send.command")[name](...)
end

vim.api.nvim_create_user_command("LlmSend", function(command)
  call("run", command)
end, {
  nargs = "*",
  range = true,
  bang = true,
  desc = "Send lines to Claude, or see to its panes",
  complete = function(lead, line)
    return call("complete", lead, line)
  end,
})

-- The words here and in llm-send.command are the permission modes; "" is the pane used last.
for _, mode in ipairs({ "", "normal", "plan", "auto-accept" }) do
  local name = mode == "" and "" or "-" .. mode
  local to = mode == "" and "Claude" or "Claude in " .. mode .. " mode"
  vim.api.nvim_set_keymap("n", "<Plug>(llm-send" .. name .. ")", "", {
    callback = function()
      call("send_buffer", mode)
    end,
    desc = "Send the buffer to " .. to,
  })
  vim.api.nvim_set_keymap("x", "<Plug>(llm-send" .. name .. ")", "", {
    callback = function()
      call("send_selection", mode)
    end,
    desc = "Send the selection to " .. to,
  })
  vim.api.nvim_set_keymap("n", "<Plug>(llm-send-operator" .. name .. ")", "", {
    callback = function()
      return call("operator", mode) or ""
    end,
    expr = true,
    desc = "Send a motion to " .. to,
  })
end

for _, mode in ipairs({ "n", "x" }) do
  vim.api.nvim_set_keymap(mode, "<Plug>(llm-send-again)", "", {
    callback = function()
      call("again")
    end,
    desc = "Send again what did not arrive",
  })
end

vim.api.nvim_set_keymap("n", "<Plug>(llm-send-agents)", "", {
  callback = function()
    call("agents")
  end,
  desc = "Show the agents",
})

local default_keys = {
  { "<leader>ls", "<Plug>(llm-send)" },
  { "<leader>lss", "<Plug>(llm-send)" },
  { "<leader>lsn", "<Plug>(llm-send-normal)" },
  { "<leader>lsp", "<Plug>(llm-send-plan)" },
  { "<leader>lsa", "<Plug>(llm-send-auto-accept)" },
  { "<leader>lsr", "<Plug>(llm-send-again)" },
}

--- A key of yours is never replaced, and a <Plug> you have put on a key of your own gets no second one.
local function define_default_keys()
  if vim.g.llm_send_no_default_maps then
    return
  end
  for _, mode in ipairs({ "n", "x" }) do
    local wanted = vim.tbl_filter(function(key)
      return vim.fn.maparg(key[1], mode) == "" and vim.fn.hasmapto(key[2], mode) == 0
    end, default_keys)
    for _, key in ipairs(wanted) do
      vim.api.nvim_set_keymap(mode, key[1], key[2], { desc = "llm-send: default key" })
    end
  end
end

-- After the person's own configuration, whenever that is: a plugin manager may load this file late, and calls
-- setup() right after it.
if vim.v.vim_did_enter == 1 then
  vim.schedule(define_default_keys)
else
  vim.api.nvim_create_autocmd("VimEnter", { once = true, callback = define_default_keys })
end
