# SPDX-License-Identifier: Apache-2.0
"""keda_test.py PROGRAM EXAMPLE GO: the example's external scaler is called as KEDA calls it, by a client that is
generated from KEDA's own description of the interface, over a Prometheus that says what the test wants.

SKIPPED where the example was not built, as by a Go that is too old for KEDA's module."""

import contextlib
import http.server
import importlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import urllib.parse

PROGRAM, EXAMPLE, GO = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
METRIC = "outgrow-instances"
if not PROGRAM.exists():
    print(f"SKIPPED: {PROGRAM} is not in this build")
    sys.exit()

import grpc  # noqa: E402
from grpc_tools import protoc  # noqa: E402


class Prometheus(http.server.ThreadingHTTPServer):
    """Answers each query with the series of `values` by its text: numbers, or text to be an error."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.values = {}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked = urllib.parse.urlparse(self.path)
            assert asked.path == "/api/v1/query", self.path
            given = self.server.values.get(urllib.parse.parse_qs(asked.query)["query"][0], [])
            if isinstance(given, str):
                answer = {"status": "error", "errorType": "bad_data", "error": given}
            elif isinstance(given, list):
                series = [{"metric": {}, "value": [1.5, str(one)]} for one in given]
                answer = {"status": "success", "data": {"resultType": "vector", "result": series}}
            else:
                one = [1.5, str(given)]
                answer = {"status": "success", "data": {"resultType": "scalar", "result": one}}
            body = json.dumps(answer).encode()
            self.send_response(400 if isinstance(given, str) else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass


def generated():
    """KEDA's interface as Python: the messages and the client."""
    keda = subprocess.run(
        [GO, "list", "-m", "-f", "{{.Dir}}", "github.com/kedacore/keda/v2"],
        cwd=EXAMPLE, check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    proto = pathlib.Path(keda) / "pkg/scalers/externalscaler"
    out = tempfile.mkdtemp()
    command = ["protoc", f"-I{proto}", f"--python_out={out}", f"--grpc_python_out={out}"]
    assert protoc.main([*command, "externalscaler.proto"]) == 0
    sys.path.insert(0, out)
    names = ("externalscaler_pb2", "externalscaler_pb2_grpc")
    return [importlib.import_module(name) for name in names]


messages, client = generated()


@contextlib.contextmanager
def scaler(*flags):
    command = [PROGRAM, "-listen", "127.0.0.1:0", "-every", "0s", "-settle", "0s", *flags]
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            port = re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)\n", process.stdout.readline())[1]
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                stub = client.ExternalScalerStub(channel)
                stub.log = lambda: (log.seek(0), log.read())[1]
                yield stub
            process.terminate()
            assert process.wait(20) == 0
        finally:
            process.kill()
            process.stdout.close()


def ref(server, name="web", **metadata):
    base = {
        "prometheus": server.url,
        "instances": "spec",
        "cpu_utilization": "cpu",
        "policy": "proportional",
        "max_instances": "50",
    }
    metadata = {key: value for key, value in {**base, **metadata}.items() if value}
    return messages.ScaledObjectRef(name=name, namespace="shop", scalerMetadata=metadata)


def desired(stub, of, metric=METRIC):
    request = messages.GetMetricsRequest(scaledObjectRef=of, metricName=metric)
    (value,) = stub.GetMetrics(request, timeout=20).metricValues
    assert value.metricName == METRIC and value.metricValue == value.metricValueFloat
    return value.metricValue


def refused(call):
    try:
        call()
    except grpc.RpcError as error:
        return error.code(), error.details()
    raise AssertionError("it was answered")


def test_decides_from_what_prometheus_knows(stub, prometheus):
    web = ref(prometheus)
    prometheus.values = {"spec": [4], "cpu": [50]}
    assert desired(stub, web) == 4
    prometheus.values["cpu"] = 95.0  # a scalar: of 4 instances, and 70 is the most
    assert desired(stub, web) == 6
    assert "shop/web: up 4 -> 6" in stub.log(), stub.log()


def test_unknown_is_an_error_and_no_number(stub, prometheus):
    prometheus.values = {"cpu": [99]}
    code, why = refused(lambda: desired(stub, ref(prometheus, "unknown")))
    assert code == grpc.StatusCode.UNAVAILABLE
    assert why == 'shop/unknown: how many instances run is unknown: "instances" gave nothing', why


def test_silence_is_not_rest(stub, prometheus):
    web = ref(prometheus, "silent", scale_down_window_ms="0", scale_down_cooldown_ms="0")
    prometheus.values = {"spec": [8], "cpu": [60]}
    assert desired(stub, web) == 8
    prometheus.values = {"spec": [8], "cpu": "too many samples"}
    assert desired(stub, web) == 8
    prometheus.values = {"spec": [8], "cpu": [1, 2]}
    assert desired(stub, web) == 8
    prometheus.values = {}
    assert desired(stub, web) == 8
    assert "too many samples" in stub.log() and "2 series where one is needed" in stub.log()
    prometheus.values = {"spec": [8], "cpu": [5]}
    assert desired(stub, web) < 8


def test_somebody_else_scales(stub, prometheus):
    web = ref(prometheus, "edited")
    prometheus.values = {"spec": [4], "cpu": [50]}
    assert desired(stub, web) == 4
    prometheus.values = {"spec": [9], "cpu": [50]}
    assert desired(stub, web) == 9


def test_what_is_wrong_is_named(stub, prometheus):
    prometheus.values = {"spec": [4], "cpu": [50]}
    for of, culprit in (
        (ref(prometheus, instances=None), '"instances"'),
        (ref(prometheus, prometheus=None), '"prometheus"'),
        (ref(prometheus, max_instance="9"), "max_instances"),
        (ref(prometheus, policy="demnd"), "policy"),
    ):
        for call in (stub.IsActive, stub.GetMetricSpec, lambda one: desired(stub, one)):
            code, why = refused(lambda call=call, of=of: call(of))
            assert code == grpc.StatusCode.INVALID_ARGUMENT and culprit in why, (code, why)
    code, why = refused(lambda: desired(stub, ref(prometheus), "other"))
    assert code == grpc.StatusCode.INVALID_ARGUMENT and METRIC in why, why


def test_an_edited_trigger_counts_at_once(stub, prometheus):
    prometheus.values = {"spec": [4], "cpu": [95]}
    assert desired(stub, ref(prometheus, "grown", max_instances="5")) == 5
    assert desired(stub, ref(prometheus, "grown", max_instances="50")) == 6


def test_all_calls(stub, prometheus):
    web = ref(prometheus)
    assert stub.IsActive(web, timeout=20).result
    (spec,) = stub.GetMetricSpec(web, timeout=20).metricSpecs
    assert (spec.metricName, spec.targetSize, spec.targetSizeFloat) == (METRIC, 1, 1)
    for call, answer in (
        (stub.StreamIsActive, stub.IsActive(web, timeout=20)),
        (stub.StreamMetricSpec, stub.GetMetricSpec(web, timeout=20)),
    ):
        stream = call(web, timeout=20)
        assert next(stream) == answer
        stream.cancel()


with scaler() as stub, Prometheus() as prometheus:
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test(stub, prometheus)
            print(name, "ok")
    prometheus.shutdown()
