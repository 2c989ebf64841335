-- Presses the key in a fresh Neovim and writes how long each press held it, in ms, as JSON. The first finds no host.
local count, pause, out = 5, 50, vim.env.BENCH_OUT
local held, ended = {}, 0

require("llm-send").setup({ offer = false, notify = false })
vim.api.nvim_create_autocmd("User", {
  pattern = "LlmSend*",
  callback = function()
    ended = ended + 1
  end,
})
vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.fn["repeat"]({ ("x"):rep(60) }, tonumber(vim.env.BENCH_LINES)))

local function press()
  local before = vim.uv.hrtime()
  vim.api.nvim_feedkeys(vim.keycode("<Plug>(llm-send-plan)"), "mx", false)
  held[#held + 1] = (vim.uv.hrtime() - before) / 1e6
  local asked = #held
  vim.wait(20000, function()
    return ended >= asked
  end, 5)
  if #held < count then
    return vim.defer_fn(press, pause)
  end
  vim.fn.writefile({ vim.json.encode({ held = held, ended = ended }) }, out)
  vim.cmd("qa!")
end

vim.api.nvim_create_autocmd("VimEnter", {
  callback = function()
    vim.defer_fn(press, pause)
  end,
})
