// SPDX-License-Identifier: Apache-2.0
// Each format's sample in data/, read as a replay reads it: by its first lines. What a line means
// is worked out by hand after the format's documentation; times by `date -d ... +%s`.
#include "bindings/cli/log/formats.h"

#include <string>
#include <vector>

#include "bindings/cli/log/merge.h"
#include "tests/catch.h"

using og::cli::FormatChoice;
using og::cli::LogMerge;
using og::cli::Method;

namespace {

constexpr int64_t kMs = 1'000'000;

struct Request {
  int64_t epoch_s;
  std::string client;
  Method method;
  std::string url;
  int status;
  int64_t bytes;
  int64_t duration_ns;  // -1: not logged
  bool operator==(const Request&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Request& r) {
  return out << r.epoch_s << " " << r.client << " " << static_cast<int>(r.method) << " " << r.url
             << " " << r.status << " " << r.bytes << " " << r.duration_ns;
}

struct Read {
  std::vector<Request> requests;
  std::string format;
  std::vector<std::string> skipped;  // "line: why"
  std::vector<std::string> warnings;
};

Read read(const std::string& file, const std::string& format = "auto",
          std::vector<std::string> fields = {}) {
  og::cli::FieldChoices choices;
  for (const std::string& text : fields) {
    auto choice = og::cli::parse_field_choice(text);
    REQUIRE(choice);
    choices.push_back(*choice);
  }
  auto choice = FormatChoice::parse(format, choices);
  INFO((choice ? "" : choice.error().text));
  REQUIRE(choice);
  auto log = LogMerge::open({std::string(OUTGROW_LOGS) + "/" + file}, false, *choice);
  REQUIRE(log);
  Read got;
  for (;;) {
    auto record = log->next();
    REQUIRE(record);
    if (*record == nullptr) break;
    const auto& r = **record;
    got.requests.push_back({r.epoch_s, std::string(r.client), r.method, std::string(r.url),
                            r.status, r.bytes, r.duration_ns});
  }
  got.format = log->formats()[0].second;
  for (const auto& line : log->left_out().malformed_lines) {
    got.skipped.push_back(std::to_string(line.line_number) + ": " + line.why);
  }
  got.warnings = log->left_out().warnings;
  return got;
}

std::string why_not(const std::string& format) {
  auto choice = FormatChoice::parse(format, {});
  return choice ? "" : choice.error().text;
}

using Requests = std::vector<Request>;

// What a line is read as; status 0 where it is malformed.
Request parsed(const std::string& format, const std::string& line) {
  auto choice = FormatChoice::parse(format, {});
  REQUIRE(choice);
  const auto reader = choice->make();
  og::cli::LogRecord r;
  const char* const why = reader->parse(line, r);
  INFO((why == nullptr ? "" : why));
  if (why != nullptr) return {0, why, Method::kOther, "", 0, 0, -1};
  return {r.epoch_s, std::string(r.client), r.method, std::string(r.url), r.status,
          r.bytes,   r.duration_ns};
}

}  // namespace

TEST_CASE("Caddy's JSON") {
  const Read got = read("caddy.log");
  CHECK(got.format == "Caddy's JSON");
  CHECK(
      got.requests ==
      Requests{
          {1646861401, "203.0.113.7", Method::kRead, "shop.example/", 200, 10900, 929'675},
          {1646861402, "203.0.113.8", Method::kWrite, "shop.example/cart?id=7", 204, 0, 250 * kMs},
          {1646861403, "2001:db8::7", Method::kRead, "api.example:8443/", 502, 21, 1500 * kMs},
      });
  CHECK(got.skipped == std::vector<std::string>{"4: no client (none of request.client_ip, "
                                                "request.remote_ip, request.remote_addr)"});
  // The proxy's client, where the user says that the proxy is to be believed.
  const Read forwarded =
      read("caddy.log", "caddy", {"client=request.headers.X-Forwarded-For", "host="});
  CHECK(forwarded.requests ==
        Requests{{1646861403, "198.51.100.4", Method::kRead, "/", 502, 21, 1500 * kMs}});
}

TEST_CASE("a request that failed is in Caddy's access log and in its error log") {
  const std::string logger = R"({"level":"error","ts":1600849986.4,"logger":)";
  const std::string rest = R"(,"msg":"dial tcp","request":{"remote_ip":"203.0.113.7",)"
                           R"("method":"GET","uri":"/"},"duration":0.5,"status":502})";
  const Request wanted{1600849986, "203.0.113.7", Method::kRead, "/", 502, 0, 500 * kMs};
  CHECK(parsed("caddy", logger + R"("http.log.access.log0")" + rest) == wanted);
  for (const char* name :
       {"\"http.log.error\"", "\"http.log.error.log0\"", " \"http.log.error\""}) {
    INFO(name);
    CHECK(parsed("caddy", logger + name + rest).client ==
          "of the error log; the access log has the request too");
  }
}

TEST_CASE("nginx's JSON") {
  const Read got = read("nginx.json.log");
  CHECK(got.format == "JSON");
  CHECK(got.requests ==
        Requests{
            {1704067200, "203.0.113.7", Method::kRead, "shop.example/a?b=c", 200, 1000, 40 * kMs},
            {1704067201, "203.0.113.7", Method::kRead, "shop.example/\xc3\xa9\"", 404, 10, 1 * kMs},
            {1704067202, "203.0.113.8", Method::kWrite, "/a", 201, 5, 2000 * kMs},
            {1704067203, "203.0.113.8", Method::kOther, "", 400, 150, 0},
        });
  CHECK(got.skipped.empty());
  const Read upstream = read("nginx.json.log", "json", {"duration=upstream_response_time"});
  CHECK(upstream.requests[0].duration_ns == 32 * kMs);  // two servers, one after the other
  CHECK(upstream.requests[1].duration_ns == -1);
}

TEST_CASE("Envoy's JSON, of Istio and of Envoy Gateway") {
  const Read got = read("envoy.log");
  CHECK(got.format == "Envoy's JSON");
  CHECK(got.requests ==
        Requests{
            {1606339578, "10.44.1.23", Method::kRead, "httpbin:8000/status/418", 418, 135, 3 * kMs},
            {1606339579, "203.0.113.9", Method::kWrite, "users.example/users/7", 503, 91,
             15000 * kMs},
            {1606339580, "2001:db8::7", Method::kHead, "www.example.com/get", 200, 467, 4 * kMs},
        });
  CHECK(got.skipped == std::vector<std::string>{"4: the status is not 100 to 599"});
}

TEST_CASE("Envoy's default text and Istio's") {
  const Read got = read("envoy_text.log");
  CHECK(got.format == "Envoy's default text");
  CHECK(got.requests ==
        Requests{
            {1460751420, "10.0.35.28", Method::kWrite, "locations/api/v1/locations", 204, 0,
             226 * kMs},
            {1460751421, "203.0.113.9", Method::kRead, "shop.example/cart?id=7", 503, 91,
             15000 * kMs},
            {1606339578, "10.44.1.23", Method::kRead, "httpbin:8000/status/418", 418, 135, 3 * kMs},
            {1606339579, "2001:db8::7", Method::kRead, "users/a", 503, 91, 4 * kMs},
        });
  CHECK(got.skipped ==
        std::vector<std::string>{
            "5: no client: X-Forwarded-For is '-', and Envoy's default has no other",
            "6: the status is not 100 to 599",
            "7: a quoted field holds a quote, so that it is not plain where it ends"});
  CHECK(parsed("envoy_text", "[2016-04-15T20:17:00.310Z] \"GET / HTTP/2\" 204 - 1").client ==
        "it has fewer fields than an Envoy line");
  // What a client says cannot move the fields behind it.
  CHECK(parsed("envoy_text",
               R"([2016-04-15T20:17:00.310Z] "GET / HTTP/2" 204 - 1 2 3 4 "203.0.113.9" "x" "y" )"
               R"("evil" "1.2.3.4:80" a b c 192.0.2.1:1 d e" "id" "shop" "10.0.0.1:80")")
            .client == "a quoted field holds a quote, so that it is not plain where it ends");
}

TEST_CASE("HAProxy's httplog behind syslog's head and alone") {
  const Read got = read("haproxy.log");
  CHECK(got.format == "HAProxy's HTTP log format");
  CHECK(got.requests ==
        Requests{
            {1233922454, "10.0.1.2", Method::kRead, "/index.html", 200, 2750, 109 * kMs},
            {1233922455, "203.0.113.8", Method::kWrite, "/cart?q=#22tea#22", 502, 257, 1500 * kMs},
            {1233922456, "2001:db8::7", Method::kRead, "/large.iso", 200, 1750, -1},
        });
  CHECK(got.skipped == std::vector<std::string>{"4: no status"});
  CHECK(parsed("haproxy", "10.0.1.2:1 [06/Feb/2009:12:14:14.655] in back/srv 1/2/3/4/5").client ==
        "it has fewer fields than a line of httplog");
}

TEST_CASE("Traefik's JSON and its Common Log Format") {
  const Read got = read("traefik.log");
  CHECK(got.format == "Traefik's JSON");
  CHECK(got.requests ==
        Requests{
            {1682942400, "203.0.113.7", Method::kRead, "shop.example/search?q=a%20b", 200, 1234,
             12'500'000},
            {1682942401, "203.0.113.8", Method::kWrite, "shop.example/cart", 504, 19, 30000 * kMs},
        });
  const Read common = read("traefik.clf.log");
  CHECK(common.format == "Common or Combined Log Format");
  CHECK(common.requests ==
        Requests{
            {1682942400, "203.0.113.7", Method::kRead, "/search", 200, 1234, 12 * kMs},
            {1682942401, "203.0.113.8", Method::kRead, "/nowhere", 404, 19, 0},
        });
}

TEST_CASE("AWS load balancers") {
  const Read got = read("alb.log");
  CHECK(got.format == "AWS load balancer format");
  CHECK(got.requests ==
        Requests{
            {1530570180, "192.168.131.39", Method::kRead, "www.example.com/", 200, 366, 1 * kMs},
            {1530570181, "192.168.131.40", Method::kRead, "www.example.com/cart?id=7", 200, 57,
             171 * kMs},  // 0.086 + 0.048 + 0.037
            {1530570182, "2001:db8::7", Method::kWrite, "www.example.com/cart", 503, 0, -1},
            {1530570183, "192.168.131.39", Method::kOther, "- http://www.example.com:80- -", 400,
             272, -1},
            // As they come, an IPv6 client has no brackets, and its port may be taken for a part.
            {1530570185, "2a02:a33c:4538:1:bcf4:5264:e01c:f215", Method::kRead, "www.example.com/",
             200, 805, 3 * kMs},
            {1530570186, "2001:db8::7", Method::kRead, "www.example.com/", 200, 805, 3 * kMs},
        });
  CHECK(got.skipped == std::vector<std::string>{"5: no status"});
  const Read classic = read("elb.log");
  CHECK(classic.requests == Requests{{1431560383, "192.168.131.39", Method::kRead,
                                      "www.example.com/", 200, 29, 1'178'000}});
}

TEST_CASE("CloudFront") {
  const Read got = read("cloudfront.log");
  CHECK(got.format == "CloudFront's standard log format");
  CHECK(got.requests == Requests{
                            {1575493351, "192.0.2.100", Method::kRead, "shop.example/index.html",
                             200, 392, 1 * kMs},
                            {1575493352, "192.0.2.101", Method::kRead,
                             "d111111abcdef8.cloudfront.net/find?q=tea", 200, 1000, 750 * kMs},
                        });
  CHECK(got.skipped == std::vector<std::string>{"5: the status is not 100 to 599"});
}

TEST_CASE("IIS, whose fields change on the way") {
  const Read got = read("iis.log");
  CHECK(got.format == "W3C Extended Log File Format");
  CHECK(got.requests ==
        Requests{
            {1695265164, "203.0.113.7", Method::kRead, "shop.example/index.html", 200, 1500,
             123 * kMs},
            {1695265165, "203.0.113.8", Method::kWrite, "shop.example/cart.aspx?id=7", 500, 20,
             5600 * kMs},
            {1695265200, "203.0.113.7", Method::kRead, "/index.html", 304, 0, 2 * kMs},
        });
  CHECK(got.skipped == std::vector<std::string>{"12: 6 fields where #Fields names 7"});
}

TEST_CASE("an nginx log_format") {
  const std::string format =
      "$host $remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent "
      "\"$http_referer\" \"$http_user_agent\" $request_time $upstream_response_time "
      "\"$http_x_forwarded_for\"";
  const Read got = read("nginx.timed.log", format);
  CHECK(got.format == "the pattern of --log-format");
  CHECK(
      got.requests ==
      Requests{
          {1741770000, "203.0.113.7", Method::kRead, "shop.example/a", 200, 1000, 250 * kMs},
          {1741770001, "203.0.113.8", Method::kRead, "shop.example/b\\x22 200 5", 404, 10, 1 * kMs},
          {1741770002, "unix:", Method::kWrite, "api.example/a", 502, 157, 3000 * kMs},
      });
  CHECK(got.skipped.size() == 1);
  const Read other = read("nginx.timed.log", format,
                          {"client=http_x_forwarded_for", "duration=upstream_response_time"});
  CHECK(other.requests ==
        Requests{
            {1741770000, "198.51.100.4", Method::kRead, "shop.example/a", 200, 1000, 249 * kMs},
        });
}

TEST_CASE("times of a pattern: of their own form, with blanks, unbracketed") {
  const Request wanted{1704067200, "10.0.0.1", Method::kRead, "/", 200, 5, -1};
  CHECK(parsed("%h %{%Y-%m-%d %H:%M:%S %z}t \"%r\" %s %b",
               "10.0.0.1 2024-01-01 05:00:00 +0500 \"GET / HTTP/1.1\" 200 5") == wanted);
  CHECK(parsed("%{%d %b %Y %T}t %a %r %s %b",
               "01 Jan 2024 00:00:00 10.0.0.1 GET / HTTP/1.1 200 5") == wanted);
  CHECK(parsed("$time_local \"$remote_addr\" $request_method $uri$is_args$args $status $bytes_sent",
               "01/Jan/2024:02:00:00 +0200 \"10.0.0.1\" GET / 200 5") == wanted);
  CHECK(parsed("%a %{sec}t %m %U%q %s %B", "10.0.0.1 1704067200 GET / 200 5") == wanted);
  CHECK(parsed("%h %{%Y-%m-%d}t \"%r\" %s", "10.0.0.1 2024-13-01 \"GET / HTTP/1.1\" 200").status ==
        0);
}

TEST_CASE("times and durations of JSON as servers are told to write them") {
  const auto at = [](const std::string& ts) {
    return parsed("caddy",
                  R"({"ts":)" + ts +
                      R"(,"request":{"remote_ip":"::1","method":"GET","uri":"/"},"status":200})")
        .epoch_s;
  };
  for (const char* ts :
       {"1704067200", "1704067200.9", "1.7040672e9", "\"1704067200\"", "1704067200123",
        "1704067200123456", "1704067200123456789", "\"2024-01-01T00:00:00Z\"",
        "\"2024-01-01T02:00:00.123+02:00\"", "\"2024/01/01 00:00:00.5\"",
        "\"01/Jan/2024:00:00:00 +0000\"", "\"2023-12-31 19:00:00,1 -0500\""}) {
    INFO(ts);
    CHECK(at(ts) == 1704067200);
  }
  for (const char* ts : {"-1", "1e30", "\"soon\"", "\"2024-02-30T00:00:00Z\"",
                         "\"2024-01-01T00:00\"", "\"2024-01-01T00:00:00+99:00\"",
                         "\"2100-01-01T00:00:00Z\"", "true", "null", "[]", "{}", "\"\""}) {
    INFO(ts);
    CHECK(at(ts) == 0);
  }
  const auto took = [](const std::string& duration) {
    const Request r = parsed("caddy", R"({"ts":1,"request":{"remote_ip":"::1","method":"GET",)"
                                      R"("uri":"/"},"status":200,"duration":)" +
                                          duration + "}");
    return r.status == 0 ? -2 : r.duration_ns;
  };
  CHECK(took("0.25") == 250 * kMs);
  CHECK(took("\"0.25\"") == 250 * kMs);
  CHECK(took("\"929.675us\"") == 929'675);
  CHECK(took("\"929.675\xc2\xb5s\"") == 929'675);
  CHECK(took("\"1m2.5s\"") == 62'500 * kMs);
  CHECK(took("\"1h0m1s\"") == 3'601'000 * kMs);
  CHECK(took("-1") == -1);
  CHECK(took("null") == -1);
  CHECK(took("\"1x\"") == -2);
  CHECK(took("1e18") == -2);
}

TEST_CASE("an Apache LogFormat") {
  const Read got = read("apache.timed.log",
                        R"(%v:%p %h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-agent}i\" %D)");
  CHECK(got.requests == Requests{
                            {971211336, "203.0.113.7", Method::kRead,
                             "www.example.com/apache_pb.gif", 200, 2326, 1'500'000},
                            {971211337, "pc7.example.net", Method::kRead,
                             R"(www.example.com/say\"hi\")", 304, 0, 250 * kMs},
                        });
  // Without the duration the second line goes on after the pattern, and both are said.
  CHECK(read("apache.timed.log", "%v:%p %h %l %u %t \"%r\" %>s %b").skipped.size() == 2);
  // Combined reads them too, but for the duration.
  CHECK(read("apache.timed.log").requests[1].url == R"(www.example.com/say\"hi\")");
}

TEST_CASE("a format or a field that is not known names the nearest") {
  CHECK(why_not("cady").find("--log-format knows no 'cady' (did you mean 'caddy'?); it is one of "
                             "auto, common, combined, ") == 0);
  CHECK(why_not("$remote_addr$status").find("nothing stands between remote_addr and status") !=
        std::string::npos);
  CHECK(why_not("%h %t %>s").find("this Apache pattern has no request") != std::string::npos);
  CHECK(why_not("$remote_addr [$time_local] $status").find("this nginx pattern has no request") !=
        std::string::npos);
  CHECK(why_not("${status").find("is not closed") != std::string::npos);
  CHECK(why_not("%{Referer").find("has no }") != std::string::npos);
  CHECK(why_not("%h %").find("is no variable") != std::string::npos);
  const auto field_why = [](const std::string& text) {
    const auto choice = og::cli::parse_field_choice(text);
    return choice ? "" : choice.error().text;
  };
  CHECK(field_why("cleint=x").find("(did you mean 'client'?); it is one of time, date, client") !=
        std::string::npos);
  CHECK(field_why("client").find("'client' is not FIELD=NAME") != std::string::npos);
}
