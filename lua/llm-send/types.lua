---@meta
-- The shapes that cross the line between Lua and Python (null is nil here), and the options of the public functions.

---@alias llm-send.Mode "normal"|"plan"|"auto-accept"
---@alias llm-send.Outcome "delivered"|"queued"|"refused"|"unconfirmed"
---@alias llm-send.Verb
---| "hello"|"send"|"spawn"|"panes"|"mode"|"focus"|"close"|"target"|"cancel"|"doctor"
---| "queue"|"queue_edit"|"queue_move"|"history"|"resend"|"resolve"|"purge"

---@class llm-send.Here Where the request comes from.
---@field cwd string absolute
---@field pane? string the tmux pane Neovim runs in, "%3"
---@field socket? string path of the tmux server's socket
---@field socket_name? string name of the tmux server, as `tmux -L`

---@class llm-send.Pane
---@field id string
---@field name? string
---@field session? string
---@field mode? string ours, or Claude's own as "claude:auto"
---@field lock? llm-send.Mode
---@field verified? boolean
---@field state string
---@field cwd? string
---@field guarded? boolean

---@class llm-send.Error
---@field code string
---@field message string
---@field hint? string

---@class llm-send.Result What the host answers. `outcome` and what follows it: sends only.
---@field ok boolean
---@field error? llm-send.Error
---@field pane? llm-send.Pane
---@field panes? llm-send.Pane[]
---@field id? string
---@field outcome? llm-send.Outcome
---@field reason? string
---@field message? string
---@field hint? string
---@field candidates? llm-send.Pane[]
---@field entries? llm-send.Entry[] what waits
---@field sends? llm-send.Entry[] of the history
---@field cancelled? string[] ids
---@field elapsed_ms? number

---@class llm-send.Entry A send as the queue and the history list it; times in unix seconds.
---@field id string
---@field created_at number
---@field settled_at? number
---@field mode? llm-send.Mode
---@field pane? string its name or id
---@field pane_id? string
---@field server? string
---@field step string
---@field outcome? llm-send.Outcome nil while it is open
---@field reason? string
---@field message? string
---@field receipt? { evidence?: string[] }
---@field elapsed_ms? number
---@field text string
---@field place? integer in its pane's queue, from 0
---@field as_command? boolean

---@class llm-send.Text
---@field text? string
---@field problem? string why there is no text, for people
---@field hint? string
---@field file? string

---@class llm-send.SendOptions
---@field mode? llm-send.Mode the mode to address; without it and `pane`, the pane used last
---@field pane? string a pane's id or name
---@field text? string what to send; default: the whole buffer
---@field range? { [1]: integer, [2]: integer } first and last line, from 1, both included
---@field wait? number seconds the send may take in all
---@field queue? "own"|"claude"|"no" what to do while Claude is busy
---@field file? string
---@field as_command? boolean the text is a slash command or a `!` line, meant as one

---@class llm-send.SpawnOptions
---@field mode? llm-send.Mode default: normal
---@field name? string
---@field cwd? string
---@field where? "h"|"v"|"window"|"session"
---@field session? string
---@field focus? boolean
---@field command? string[]
