# SPDX-License-Identifier: Apache-2.0
"""frameworks_test.py FRAMEWORK COMMAND...: a program of docs/frameworks.md, as it stands, as two processes that share a
limit, over a service that is up and then down. python; go GO BUILD...; java JAVAC JAVA CLASSPATH. Keeps to the loopback."""

import http.client
import http.server
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter

ROOT = pathlib.Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "tests/integration"))
from http_service import run, until  # noqa: E402

PAGE = ROOT / "docs/frameworks.md"
language, *command = sys.argv[1:]
[code] = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(), re.S)
scope = f"/outgrow-frameworks-{language}-{os.getpid()}"


class Prices(http.server.BaseHTTPRequestHandler):
    """The service behind: it knows the price of tea, until it is down."""

    protocol_version = "HTTP/1.1"
    status = 200

    def do_GET(self):
        status = self.status if self.path.startswith("/tea") or self.status == 500 else 404
        text = f"{self.path[1:]} costs 7" if status == 200 else "no"
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


def python(folder):
    (folder / "shop.py").write_text(code)
    return lambda port: [sys.executable, "-m", "uvicorn", "--port", str(port), "shop:app"]


def go(folder):
    module = "github.com/outgrow/outgrow/bindings/go"
    (folder / "main.go").write_text(code)
    (folder / "go.mod").write_text(
        f"module shop\n\ngo 1.19\n\nrequire {module} v0.0.0\n\n"
        f"replace {module} => {ROOT / 'build/go/outgrow'}\n"
    )
    subprocess.run([*command, "-o", folder / "shop", "."], cwd=folder, check=True)
    return lambda port: [folder / "shop"]


def java(folder):
    javac, virtual_machine, path = command
    (folder / "Shop.java").write_text(code)
    subprocess.run(
        [javac, "-parameters", "-cp", path, "-d", folder, "Shop.java"], cwd=folder, check=True
    )
    return lambda port: [virtual_machine, "-cp", f"{folder}:{path}", "shop.Shop"]


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def ask(port, path, user="nobody"):
    """Status, Retry-After, text."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path, headers={"X-User": user})
        answer = connection.getresponse()
        return answer.status, answer.headers["Retry-After"], answer.read().decode()
    finally:
        connection.close()


def behind_proxy(port, *lines):
    """Status and fields of a request that 127.0.0.1 passes on."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.putrequest("GET", "/price/tea")
        for line in lines:
            connection.putheader("X-Forwarded-For", line)
        connection.endheaders()
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers
    finally:
        connection.close()


def is_up(port):
    try:
        return ask(port, "/metrics")[0] == 200
    except OSError:
        return False


def check(one, other):
    assert ask(one, "/price/tea", "alice") == (200, None, "tea costs 7")
    # That there is none is an answer, and opens no breaker.
    for number in range(8):
        status, _, text = ask(one, f"/price/none{number}", f"user{number}")
        assert status == 404 and "no price of that" in text, (status, text)
    assert ask(other, "/price/tea2", "alice") == (200, None, "tea2 costs 7")
    # Ten an hour, over both: the next is six minutes away.
    asked = [ask((one, other)[i % 2], "/price/tea", "bob") for i in range(14)]
    assert Counter(status for status, *_ in asked) == {200: 10, 429: 4}, asked
    assert all(300 <= int(wait) <= 360 for status, wait, _ in asked if status == 429), asked
    assert all("#quota-exceeded" in text for status, _, text in asked if status == 429), asked
    # Behind a proxy, of whose field the client wrote the first line: carol has her ten, whatever she writes.
    asked = [
        behind_proxy((one, other)[i % 2], f"198.51.100.{i}", "2001:db8::%x" % i) for i in range(12)
    ]
    assert Counter(status for status, _ in asked) == {200: 10, 429: 2}, asked
    left = [fields["RateLimit"].split(";")[:2] for _, fields in asked]
    assert left == [['"users"', f"r={max(9 - i, 0)}"] for i in range(12)], asked
    assert all(fields["RateLimit-Policy"] == '"users";q=10;w=3600' for _, fields in asked), asked
    # Five failures open the breaker, for both and for a minute.
    Prices.status = 500
    failed = [ask(one, f"/price/tea-{number}", f"user{number}")[0] for number in range(5)]
    assert failed == [502] * 5, failed
    status, wait, _ = ask(other, "/price/tea-5", "user5")
    assert status == 503 and 30 <= int(wait) <= 60, (status, wait)
    text = ask(other, "/metrics")[2]
    for line in (
        'outgrow_limiter_decisions_total{name="users",outcome="denied"} 6',
        'outgrow_breaker_calls_total{name="prices",outcome="failure"} 5',
        'outgrow_breaker_state{name="prices"} 1',
    ):
        assert f"\n{line}\n" in text, text


def test(folder):
    behind = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Prices)
    threading.Thread(target=behind.serve_forever, daemon=True).start()
    start = {"python": python, "go": go, "java": java}[language](folder)
    processes, ports = [], [free_port(), free_port()]
    try:
        for port in ports:
            prices = f"http://127.0.0.1:{behind.server_port}"
            settings = {"SCOPE": scope, "RATE": "10/h", "PRICES": prices}
            settings |= {f"SHOP_{name}": value for name, value in settings.items()}
            settings |= {"ADDRESS": f"127.0.0.1:{port}", "SERVER_PORT": str(port)}
            with (folder / f"log-{port}").open("w") as log:
                processes.append(
                    subprocess.Popen(
                        start(port),
                        cwd=folder,
                        env={**os.environ, **settings},
                        stdout=log,
                        stderr=subprocess.STDOUT,
                    )
                )
        for port, process in zip(ports, processes):
            until(240, lambda: is_up(port) or process.poll() is not None, "up")
            assert process.poll() is None, f"exited with {process.returncode}"
        check(*ports)
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            assert process.wait(30) in (0, 143, -signal.SIGTERM), process.returncode
    finally:
        for process in processes:
            process.kill()
            process.wait()
        behind.shutdown()
        pathlib.Path("/dev/shm" + scope).unlink(missing_ok=True)


run(test)
print("ok")
