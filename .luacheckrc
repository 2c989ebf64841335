std = "luajit"
read_globals = { "vim" }
max_line_length = 120
max_cyclomatic_complexity = 10

-- Options, variables and buffers are set by assignment to vim's own tables.
globals = { "vim.g", "vim.b", "vim.w", "vim.t", "vim.o", "vim.bo", "vim.wo", "vim.opt", "vim.env" }

-- What `nvim -l` hands a script.
files["tools"] = { read_globals = { "arg" } }
files["tests"] = { read_globals = { "arg" } }
