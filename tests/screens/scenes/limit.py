"""What a person with a subscription sees at its limit. The model is one that only ever refuses."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.screens.stage import Stage, end, is_ready, submit

TOKEN = "sk-ant-oat01-" + "offline" * 10  # in shape only
REFUSAL = {"type": "error", "error": {"type": "rate_limit_error", "message": "This would exceed your rate limit."}}


class Refusing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        limit = "anthropic-ratelimit-unified"
        reset = str(int(time.time()) + 3600)
        body = json.dumps(REFUSAL).encode()
        self.send_response(429)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            f"{limit}-status": "rejected",
            f"{limit}-reset": reset,
            f"{limit}-representative-claim": "five_hour",
            f"{limit}-5h-status": "rejected",
            f"{limit}-5h-reset": reset,
            f"{limit}-5h-utilization": "1.0",
            f"{limit}-overage-status": "rejected",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        pass


@pytest.fixture
def refusing() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_limit(stage: Stage, refusing: str) -> None:
    account = {"ANTHROPIC_API_KEY": "", "CLAUDE_CODE_OAUTH_TOKEN": TOKEN, "ANTHROPIC_BASE_URL": refusing}
    pane = stage.start("--permission-mode", "plan", environment=account)
    submit(pane, "a prompt too many")
    stage.keep(pane, "limit-reached", "imit")
    if is_ready(pane.screen()):  # 2.1.138 asks at once what to do now
        pane.type("a draft")
        stage.keep(pane, "limit-reached-with-text", "a draft")
    end(pane)
    pane = stage.start("--permission-mode", "plan", environment=account)
    submit(pane, "/rate-limit-options")
    pane.wait_until(lambda screen: "Stop and wait" in screen or is_ready(screen))
    stage.keep(pane, "limit-menu")
    end(pane)
