---@meta
-- The shapes that cross the line between Lua and Python (null is nil here), and the options of the public functions.

---@alias llm-send.Mode "normal"|"plan"|"auto-accept"
---@alias llm-send.Outcome "delivered"|"queued"|"refused"|"unconfirmed"
---@alias llm-send.Verb
---| "hello"|"send"|"spawn"|"panes"|"mode"|"focus"|"close"|"target"|"cancel"|"doctor"
---| "set"|"fork"|"presets"
---| "agents"|"answer_ask"
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
---@field enabled? boolean whether the history keeps texts
---@field cancelled? string[] ids
---@field changes? { key: string, before: any, after: any }[] of a pane's configuration
---@field lost? string[] what a Claude that starts again does not carry over
---@field presets? { name: string }[]
---@field note? string what is not as it should be with a pane that was started
---@field elapsed_ms? number
---@field agents? llm-send.Agent[]
---@field asks? llm-send.Question[] that nobody has answered yet

---@class llm-send.Agent A pane, as the tree shows it.
---@field pane llm-send.Pane
---@field opener? string id of the pane that opened it
---@field depth? integer
---@field model? string
---@field confinement? string[] the limits it has
---@field opened_at? number unix seconds
---@field said? string the first line of its last message
---@field asks? string[] ids of the questions it has asked

---@class llm-send.Question What an agent wants to do, and the person may allow.
---@field id string
---@field asker string
---@field title string
---@field lines? string[]
---@field over? boolean answered elsewhere, or expired

---@class llm-send.AgentEvent
---@field kind "waiting"|"finished"|"warning"
---@field pane string its name
---@field message string

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
---@field hint? string
---@field receipt? { evidence?: string[] }
---@field elapsed_ms? number
---@field text string
---@field place? integer in its pane's queue, from 0
---@field as_command? boolean

---@class llm-send.Text
---@field text? string|string[] a long one as its lines
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
---@field preset? string
---@field config? table the pane's configuration, as the configuration file has it
---@field sets? string[] "key=value"

---@class llm-send.Configured
---@field preset? string
---@field config? table
---@field sets? string[] "key=value"
