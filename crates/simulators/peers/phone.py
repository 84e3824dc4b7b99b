"""The customer's side: what the chat page does, for the Python peers."""

import asyncio
import base64
import http.server
import json
import threading
import urllib.parse
import urllib.request

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Phone:
    def __init__(self, base, name):
        self.base = base
        self.id = self._post("customers", {"name": name, "language": "ru"})["id"]

    def _post(self, path, body, headers=None):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"x-phone": "1", "content-type": "application/json", **(headers or {})}
        request = urllib.request.Request(f"{self.base}/phone/{path}", data, headers)
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def writes(self, text):
        self._post(f"customers/{self.id}/messages", {"text": text, "reply_to": None})

    def sends_photo(self):
        query = urllib.parse.urlencode({"name": "p.png", "mime_type": "image/png"})
        self._post(f"customers/{self.id}/files?{query}", PNG, {"content-type": "image/png"})

    def presses(self, message_id, data):
        self._post(f"customers/{self.id}/presses", {"message_id": message_id, "data": data})

    def sees(self):
        with urllib.request.urlopen(f"{self.base}/phone/state?customer={self.id}") as answer:
            return json.load(answer)["messages"]


class Hook:
    """A webhook that keeps what it is given; the first call fails, so that it must come again."""

    def __init__(self):
        self.calls = []
        self.arrived = threading.Event()
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                secret = self.headers.get("x-telegram-bot-api-secret-token")
                hook.calls.append((secret, json.loads(body)))
                self.send_response(500 if len(hook.calls) == 1 else 200)
                self.send_header("content-length", "0")
                self.end_headers()
                if len(hook.calls) > 1:
                    hook.arrived.set()

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    async def wait(self):
        assert await asyncio.to_thread(self.arrived.wait, 10), "no webhook call"
        assert self.calls[0] == self.calls[1], "the retry differs from the first call"
        return self.calls[1]
