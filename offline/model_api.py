"""A local stand-in for the model API, so that the real Claude Code runs with no account and no network.

`ModelApi` serves `POST /v1/messages` (streaming and not) and `/v1/messages/count_tokens` on loopback and writes
every request body it receives, unparsed, to a log of JSON lines: `{"at": seconds, "path": str, "body": str}`.

What it answers is chosen by the last text the person sent. A text may carry stage directions anywhere, one of a kind:

    [[reply WORDS]]        answer with WORDS (default: "Understood.")
    [[tool NAME JSON]]     answer with a call of that tool; after its result, answer "Done."
    [[slow SECONDS]]       wait that long before the answer, so that Claude is busy

`user_texts` reads from the log what the person sent, in order. Run as a program it prints its URL on one line and
serves until its standard input ends.
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

DIRECTION = re.compile(r"\[\[(reply|tool|slow) ?(.*?)\]\]", re.DOTALL)
NOT_THE_PERSON = re.compile(
    r"\s*<(system-reminder|command-|local-command)"
    r"|\[Request interrupted by user"
    r"|This session is being continued from a previous conversation"
)
SENT_MID_TURN = re.compile(r"The user sent a new message while you were working:\n(.*)\n\nThis is how ", re.DOTALL)
PASTED = re.compile(r'\s*<pasted_content id="(\w+)">\n(.*)\n</pasted_content id="\1">\s*', re.DOTALL)


@dataclass(frozen=True)
class Answer:
    """What the model says: words, or one tool call; after a delay in seconds."""

    words: str = "Understood."
    tool: str | None = None
    arguments: dict[str, Any] | None = None
    delay: float = 0.0


def texts_of(message: dict[str, Any]) -> list[str]:
    """What the person says in one API message: its text blocks less what Claude Code adds of its own."""
    content = message.get("content", "")
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
    texts = [block["text"] for block in blocks if block.get("type") == "text"]
    own = [text for text in texts if not NOT_THE_PERSON.match(text)]
    return [sent[1] if (sent := SENT_MID_TURN.match(text)) else text for text in own]


def without_wrapper(text: str) -> str:
    """A prompt as it was pasted: Claude Code wraps a long paste in a <pasted_content> element."""
    wrapped = PASTED.fullmatch(text)
    return wrapped[2] if wrapped else text


def is_tool_result(message: dict[str, Any]) -> bool:
    content = message.get("content", "")
    return isinstance(content, list) and any(block.get("type") == "tool_result" for block in content)


def answer_to(request: dict[str, Any]) -> Answer:
    """Choose the answer by the last user message (see the module's text)."""
    if not request.get("tools"):
        return Answer()  # titles, summaries, probes: not the conversation
    users = [message for message in request.get("messages", []) if message.get("role") == "user"]
    last = users[-1] if users else {}
    if is_tool_result(last):
        return Answer("Done.")
    found = {verb: rest for text in texts_of(last) for verb, rest in DIRECTION.findall(text)}
    tool, _, arguments = found.get("tool", "").partition(" ")
    return Answer(
        words=found.get("reply", "Understood."),
        tool=tool or None,
        arguments=json.loads(arguments or "{}"),
        delay=float(found.get("slow", 0)),
    )


def content_of(answer: Answer) -> dict[str, Any]:
    if answer.tool:
        return {
            "type": "tool_use",
            "id": f"toolu_{time.time_ns()}",
            "name": answer.tool,
            "input": answer.arguments or {},
        }
    return {"type": "text", "text": answer.words}


def message_of(answer: Answer, model: str) -> dict[str, Any]:
    """The whole answer in the API's shape."""
    return {
        "id": f"msg_{time.time_ns()}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [content_of(answer)],
        "stop_reason": "tool_use" if answer.tool else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 100, "output_tokens": 10},
    }


def events_of(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The same answer as server-sent events."""
    block = message["content"][0]
    if block["type"] == "tool_use":
        start = {**block, "input": {}}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
    else:
        start = {"type": "text", "text": ""}
        delta = {"type": "text_delta", "text": block["text"]}
    opening = {**message, "content": [], "stop_reason": None}
    end = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    return [
        {"type": "message_start", "message": opening},
        {"type": "content_block_start", "index": 0, "content_block": start},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": end, "usage": {"output_tokens": 10}},
        {"type": "message_stop"},
    ]


class Handler(BaseHTTPRequestHandler):
    """One request: into the log, then answered."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.record(self.path, body)
        if self.path.startswith("/v1/messages/count_tokens"):
            self.answer(json.dumps({"input_tokens": 100}), "application/json")
            return
        request = json.loads(body or b"{}")
        answer = answer_to(request)
        time.sleep(answer.delay)  # a model that thinks: the stage direction [[slow …]]
        message = message_of(answer, request.get("model", ""))
        if request.get("stream"):
            events = [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events_of(message)]
            self.answer("".join(events), "text/event-stream")
        else:
            self.answer(json.dumps(message), "application/json")

    def do_GET(self) -> None:
        self.answer("{}", "application/json")

    def do_HEAD(self) -> None:
        self.answer("", "application/json")

    def answer(self, text: str, kind: str) -> None:
        body = text.encode()
        try:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            pass  # Claude was interrupted or ended; what it asked is in the log

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, log: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.log = log
        self.writing = threading.Lock()

    def record(self, path: str, body: bytes) -> None:
        entry = {"at": time.time(), "path": path, "body": body.decode("utf-8", "surrogateescape")}
        with self.writing, self.log.open("a") as log:
            log.write(json.dumps(entry) + "\n")

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that Claude dropped is no news; anything else is a fault of ours and is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class ModelApi:
    """The server. `url` is what ANTHROPIC_BASE_URL takes; `prompts()` is what the person's texts were, in order."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self._server = Server(log)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def start(self) -> ModelApi:
        self.log.touch(mode=0o600)
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def prompts(self) -> list[str]:
        return user_texts(self.log)


def new_texts(request: dict[str, Any]) -> list[tuple[int, str]]:
    """What the person said since the model last spoke, each with its message's place: older texts are history."""
    messages = request.get("messages", [])
    spoken = [place for place, message in enumerate(messages) if message.get("role") == "assistant"]
    since = range(spoken[-1] + 1 if spoken else 0, len(messages))
    return [
        (place, text) for place in since if messages[place].get("role") == "user" for text in texts_of(messages[place])
    ]


def user_texts(log: Path) -> list[str]:
    """Every new text of the person in the main conversation, in order of arrival, as the model got it.

    A request that is repeated (a retry, a prompt sent after an interrupted one) says nothing new.
    """
    found: dict[tuple[str, int, str], str] = {}
    for line in log.read_text().splitlines():
        entry = json.loads(line)
        if entry["path"].partition("?")[0] != "/v1/messages":
            continue
        request = json.loads(entry["body"])
        if not request.get("tools"):
            continue
        session = request.get("metadata", {}).get("user_id", "")
        for place, text in new_texts(request):
            found.setdefault((session, place, text), text)
    return list(found.values())


def main() -> None:
    api = ModelApi(Path(sys.argv[1])).start()
    print(api.url, flush=True)
    sys.stdin.read()
    api.stop()


if __name__ == "__main__":
    main()
