"""A local stand-in for the model API, so that the real Claude Code runs with no account and no network.

`ModelApi` serves `POST /v1/messages` (streaming and not) and `/v1/messages/count_tokens` on loopback and writes
every request body it receives, unparsed, to a log of JSON lines: `{"at": seconds, "path": str, "body": str}`.

What it answers is chosen by the last text the person sent. A text may carry stage directions anywhere, one of a kind:

    [[reply WORDS]]        answer with WORDS (default: "Understood.")
    [[tool NAME JSON]]     answer with a call of that tool; after its result, answer "Done."
    [[slow SECONDS]]       wait that long before the answer, so that Claude is busy
    [[hold NAME]]          wait with the answer until `release(NAME)`, at most a minute
    [[stream SECONDS]]     pause that long in the middle of the answer
    [[status CODE]]        answer with this HTTP error, as often as it is asked again
    [[limit]]              answer as to a subscription whose limit is reached, for an hour
    [[used TOKENS]]        report that many tokens as used, for Claude's context meter

`compare.user_texts` reads from the log what the person sent, in order. Run as a program it prints its URL on one line
and serves until its standard input ends.
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any

from offline.compare import blocks_of, texts_of, user_texts

HELD = 60.0  # seconds an answer waits for its release
SUMMARY = "create a detailed summary of"  # Claude Code asks so for `/compact`
SUMMED_UP = "<summary>Some words were said.</summary>"
DIRECTION = re.compile(r"\[\[(reply|tool|slow|hold|stream|status|limit|used) ?(.*?)\]\]", re.DOTALL)


@dataclass(frozen=True)
class Answer:
    """What the model says: words, or one tool call; after a delay in seconds, or once `hold` is released; with a
    pause of `stream` seconds in it. `status` is the HTTP status, `limit` whether it says that the limit is reached,
    `used` the tokens it says were used."""

    words: str = "Understood."
    tool: str | None = None
    arguments: dict[str, Any] | None = None
    delay: float = 0.0
    hold: str | None = None
    stream: float = 0.0
    status: int = 200
    limit: bool = False
    used: int = 100


def is_tool_result(message: dict[str, Any]) -> bool:
    """Whether it is what a tool answered, and not what the person said after they had stopped that tool."""
    content = message.get("content", "")
    blocks = content if isinstance(content, list) else []
    stopped = any(block.get("text", "").startswith("[Request interrupted by user") for block in blocks)
    return not stopped and any(block.get("type") == "tool_result" for block in blocks)


def answer_to(request: dict[str, Any]) -> Answer:
    """Choose the answer by the last user message (see the module's text)."""
    users = [message for message in request.get("messages", []) if message.get("role") == "user"]
    last = users[-1] if users else {}
    summary = [text for text in blocks_of(last) if SUMMARY in text]
    if not request.get("tools") and not summary:
        return Answer()  # titles, probes: not the conversation
    if is_tool_result(last):
        return Answer("Done.")
    texts = summary or texts_of(last)  # `/compact WORDS` reaches the model in a text of Claude Code's own
    found = {verb: rest for text in texts for verb, rest in DIRECTION.findall(text)}
    tool, _, arguments = found.get("tool", "").partition(" ")
    return Answer(
        words=found.get("reply", SUMMED_UP if summary else "Understood."),
        tool=tool or None,
        arguments=json.loads(arguments or "{}"),
        delay=float(found.get("slow", 0)),
        hold=found.get("hold"),
        stream=float(found.get("stream", 0)),
        status=429 if "limit" in found else int(found.get("status", 200)),
        limit="limit" in found,
        used=int(found.get("used", 100)),
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
        "usage": {"input_tokens": answer.used, "output_tokens": 10},
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


def limit_headers() -> dict[str, str]:
    """What the API adds to its refusal when a subscription's limit is reached."""
    reset = str(int(time.time()) + 3600)
    said = {"status": "rejected", "reset": reset, "representative-claim": "five_hour", "overage-status": "rejected"}
    said |= {"5h-status": "rejected", "5h-reset": reset, "5h-utilization": "1.0"}
    return {f"anthropic-ratelimit-unified-{name}": value for name, value in said.items()}


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
        if answer.hold:
            self.server.released(answer.hold).wait(HELD)
        message = message_of(answer, request.get("model", ""))
        if answer.status != 200:
            error = {"type": "error", "error": {"type": "api_error", "message": answer.words}}
            headers = limit_headers() if answer.limit else {}
            self.answer(json.dumps(error), "application/json", status=answer.status, headers=headers)
        elif request.get("stream"):
            events = [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events_of(message)]
            self.answer("".join(events[:3]), "text/event-stream", "".join(events[3:]), answer.stream)
        else:
            self.answer(json.dumps(message), "application/json")

    def do_GET(self) -> None:
        self.answer("{}", "application/json")

    def do_HEAD(self) -> None:
        self.answer("", "application/json")

    def answer(
        self,
        text: str,
        kind: str,
        rest: str = "",
        pause: float = 0.0,
        status: int = 200,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`rest` follows after a pause in seconds."""
        body, end = text.encode(), rest.encode()
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body) + len(end)))
            self.end_headers()
            self.wfile.write(body)
            time.sleep(pause)  # a model that speaks slowly: the stage direction [[stream …]]
            self.wfile.write(end)
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
        self._held: dict[str, threading.Event] = {}

    def released(self, name: str) -> threading.Event:
        """What the answers under that name wait for."""
        with self.writing:
            return self._held.setdefault(name, threading.Event())

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

    def release(self, name: str) -> None:
        """Let go of what waits, now or later, under that name: the stage direction [[hold …]]."""
        self._server.released(name).set()

    def prompts(self) -> list[str]:
        return user_texts(self.log)


def main() -> None:
    api = ModelApi(Path(sys.argv[1])).start()
    print(api.url, flush=True)
    sys.stdin.read()
    api.stop()


if __name__ == "__main__":
    main()
