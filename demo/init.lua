-- The demo's whole Neovim configuration: the plugin's folder on the runtimepath is all the plugin asks for.
local here = vim.fn.fnamemodify(debug.getinfo(1, "S").source:sub(2), ":p:h")
vim.opt.runtimepath:prepend(vim.fs.dirname(here))
vim.o.number = true
vim.o.linebreak = true
vim.o.swapfile = false
vim.o.shadafile = "NONE"
vim.o.showmode = false
vim.o.tabstop = 4

-- What the plugin tells an autocommand, kept for the demo's table.
local outcomes = vim.env.LLM_SEND_DEMO_OUTCOMES
if outcomes then
  vim.api.nvim_create_autocmd("User", {
    pattern = { "LlmSendDelivered", "LlmSendQueued", "LlmSendRefused", "LlmSendUnconfirmed" },
    callback = function(event)
      vim.fn.writefile({ vim.json.encode(event.data) }, outcomes, "a")
    end,
  })
end
