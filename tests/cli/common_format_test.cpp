// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "bindings/cli/log/civil_time.h"
#include "bindings/cli/log/formats/common.h"
#include "tests/catch.h"

using og::cli::CommonFormat;
using og::cli::days_from_civil;
using og::cli::iso_8601;
using og::cli::LogRecord;
using og::cli::Method;

namespace {

// Its views stand until the next call.
LogRecord parsed(std::string_view line) {
  static CommonFormat parser;
  LogRecord record;
  const char* const why = parser.parse(line, record);
  INFO(line << ": " << (why ? why : ""));
  REQUIRE(why == nullptr);
  return record;
}

bool malformed(std::string_view line) {
  CommonFormat parser;
  LogRecord record;
  return parser.parse(line, record) != nullptr;
}

}  // namespace

TEST_CASE("a Common Log Format line") {
  // 1995-08-01T02:00:00-04:00 is 807256800 by `date -d ... +%s`.
  const LogRecord record = parsed(
      R"(pppa006.compuserve.com - - [01/Aug/1995:02:00:00 -0400] "GET /images/launch-logo.gif HTTP/1.0" 200 1713)");
  CHECK(record.client == "pppa006.compuserve.com");
  CHECK(record.url == "/images/launch-logo.gif");
  CHECK(record.method == Method::kRead);
  CHECK(record.epoch_s == 807256800);
  CHECK(record.offset_s == -4 * 3600);
  CHECK(record.status == 200);
  CHECK(record.bytes == 1713);
}

TEST_CASE("a Combined Log Format line, and fields after it") {
  // Apache's documentation of mod_log_config shows this line.
  const LogRecord record = parsed(
      R"line(127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326 "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)" 0.004 "x")line");
  CHECK(record.client == "127.0.0.1");
  CHECK(record.url == "/apache_pb.gif");
  CHECK(record.epoch_s == 971211336);
  CHECK(record.bytes == 2326);
}

TEST_CASE("what the methods mean") {
  const auto method = [](const std::string& word) {
    return parsed("c - - [01/Jan/2024:00:00:00 +0000] \"" + word + " /x HTTP/1.1\" 200 1").method;
  };
  CHECK(method("GET") == Method::kRead);
  CHECK(method("HEAD") == Method::kHead);
  for (const char* word : {"POST", "PUT", "DELETE", "PATCH"}) CHECK(method(word) == Method::kWrite);
  for (const char* word : {"OPTIONS", "get", "CONNECT", "PROPFIND"}) {
    CHECK(method(word) == Method::kOther);
  }
}

TEST_CASE("odd requests that servers did answer") {
  const auto url = [](const std::string& request) {
    return std::string(
        parsed("::1 - - [01/Jan/2024:00:00:00 +0000] \"" + request + "\" 400 226").url);
  };
  CHECK(url("GET /old") == "/old");                               // HTTP/0.9
  CHECK(url("GET /a b c HTTP/1.0") == "/a b c");                  // spaces that nobody escaped
  CHECK(url("-") == "-");                                         // Apache after a timeout
  CHECK(url(R"(\x16\x03\x01)") == R"(\x16\x03\x01)");             // TLS on the plain port
  CHECK(url(R"(GET /\"quoted\" HTTP/1.1)") == R"(/\"quoted\")");  // Apache escapes quotes
  CHECK(url(R"(GET /a"b HTTP/1.0)") == R"(/a"b)");                // older servers did not
  CHECK(url(R"(GET /\" 200 5 \" HTTP/1.1)") == R"(/\" 200 5 \")");
  CHECK(url("") == "");
}

TEST_CASE("users with spaces and brackets") {
  CHECK(parsed(R"(h - John [x] Doe [01/Jan/2024:00:00:00 +0000] "GET / HTTP/1.1" 200 5)").bytes ==
        5);
}

TEST_CASE("a virtual host before the client, as Apache's vhost_combined has it") {
  const auto client = [](const std::string& fields) {
    return std::string(
        parsed(fields + " [01/Jan/2024:00:00:00 +0000] \"GET / HTTP/1.1\" 200 5").client);
  };
  CHECK(client("www.example.org:443 10.0.0.1 - -") == "10.0.0.1");
  CHECK(client("www.example.org:80 ::1 - John Doe") == "::1");
  CHECK(client("10.0.0.1:50123 - -") == "10.0.0.1");  // a client's port: some proxies
  CHECK(client("2001:db8::1 - John Doe") == "2001:db8::1");
  CHECK(client("2001:db8::1 ident user") == "2001:db8::1");
  CHECK(client("c ident user") == "c");
  CHECK(malformed("www.example.org:443 10.0.0.1"));
  CHECK(
      malformed("www.example.org:443  - - [01/Jan/2024:00:00:00 +0000] \"GET / HTTP/1.1\" 200 5"));
}

TEST_CASE("which field is the client") {
  // Fields before the time as Apache and nginx write them, by their documentation of %h, %v, %p,
  // %l, %u, $remote_addr, $host and $http_x_forwarded_for; client is "" where it is not plain.
  const auto [fields, wanted] = GENERATE(table<std::string, std::string>({
      {"203.0.113.7, 10.0.0.1 - -", "203.0.113.7"},
      {"203.0.113.7,10.0.0.1,10.0.0.2 - frank", "203.0.113.7"},
      {"203.0.113.7, 2001:db8::1, [2001:db8::2]:80 - -", "203.0.113.7"},
      {"203.0.113.7:4711, 10.0.0.1 - -", "203.0.113.7"},
      {"\"203.0.113.7, 10.0.0.1\" - -", "203.0.113.7"},
      {"\"203.0.113.7\" - John Doe", "203.0.113.7"},
      {"203.0.113.7, 10.0.0.1", "203.0.113.7"},
      {"203.0.113.8:40001 - -", "203.0.113.8"},
      {"[2001:db8::7]:443 - -", "2001:db8::7"},
      {"[2001:db8::7] - -", "2001:db8::7"},
      {"[fe80::1%eth0]:443 - -", "fe80::1%eth0"},
      {"fe80::1%eth0 - -", "fe80::1%eth0"},
      {"::ffff:10.0.0.1 - frank", "::ffff:10.0.0.1"},
      {"unix: - -", "unix:"},
      {"pc7.example.net:4711 - -", "pc7.example.net"},
      {"shop.example 203.0.113.9 - -", "203.0.113.9"},
      {"shop.example:443 203.0.113.9 - John Doe", "203.0.113.9"},
      {"shop.example 203.0.113.9:40001 - -", "203.0.113.9"},
      {"shop.example 203.0.113.9, 10.0.0.1 - -", "203.0.113.9"},
      {"shop.example \"203.0.113.9, 10.0.0.1\" - -", "203.0.113.9"},
      {"shop.example [2001:db8::7]:443 - -", "2001:db8::7"},
      {"shop.example pc7.example.net - -", "pc7.example.net"},
      {"shop.example:80 pc7.example.net - frank", "pc7.example.net"},
      {"127.0.1.1:80 203.0.113.9 - -",
       "203.0.113.9"},                       // Debian's vhost_combined without a ServerName
      {"_ 203.0.113.9 - -", "203.0.113.9"},  // nginx's server_name
      {"- 203.0.113.9 - -", "203.0.113.9"},  // a request without Host
      {"203.0.113.9 shop.example - -", "203.0.113.9"},
      {"203.0.113.9", "203.0.113.9"},
      {"203.0.113.9 - John [x] Doe", "203.0.113.9"},
      {"203.0.113.9 ident with blanks user", "203.0.113.9"},
      {"203.0.113.9 - 1234", "203.0.113.9"},
      {"203.0.113.9 - -x-", "203.0.113.9"},
      {"pc7.example.net - -", "pc7.example.net"},
      {"pc7.example.net - John Doe", "pc7.example.net"},
      {"pc7 ident frank", "pc7"},
      {std::string("\xef\xbb\xbf") + "203.0.113.9 - -", "203.0.113.9"},
      {std::string(5000, '\0') + "203.0.113.9 - -",
       "203.0.113.9"},  // a log that was truncated in use
      {"- - -", ""},
      {"\"-\" - -", ""},
      {"unknown - -", ""},
      {"-, 10.0.0.1 - -", ""},
      {"shop.example - - -", ""},
      {"shop.example:443 - - frank", ""},
      {"shop.example:443 - -", "shop.example"},
      {"203.0.113.8:99999 - -", ""},
      {"203.0.113.8: - -", ""},
      {"203.0.113.8:80:80 - -", ""},
      {"2001:db8:1:2:3:4:5:6:443 - -", ""},
      {"[2001:db8::7:443 - -", ""},
      {"[2001:db8::7]443 - -", ""},
      {"[203.0.113.7]:443 - -", ""},
      {"fe80::1% - -", ""},
      {"203.0.113.7,, 10.0.0.1 - -", ""},
      {", 203.0.113.7 - -", ""},
      {"203.0.113.7, (null) - -", ""},
      {"\"203.0.113.7 - -", ""},  // a whole line in quotes
      {"'203.0.113.7, 10.0.0.1' - -", ""},
      {"for=203.0.113.7;proto=https - -", ""},
      {"10.0.0.1 203.0.113.9 - -", ""},    // a host by its address, or a proxy before the client?
      {"shop.example - 203.0.113.9", ""},  // a user, or the client?
      {"shop.example - 203.0.113.9 frank", ""},
      {"10.0.0.1 - 203.0.113.9", ""},
      {"shop.example frank", ""},
      {"shop.example pc7 ident John Doe", ""},
      {"Mar 12 10:00:00 web1 nginx: 203.0.113.9 - -", ""},  // syslog's
      {"web1 nginx: 203.0.113.9 - -", ""},
      {"2025-03-12T10:00:00Z stdout F 203.0.113.9 - -", ""},
      {"web-1  | 203.0.113.9 - -", ""},  // docker compose's
      {"<190>web1 203.0.113.9 - -", ""},
      {"203.0.113.9\t-\t-", ""},
  }));
  const std::string line = fields + " [01/Jan/2024:00:00:00 +0000] \"GET /x HTTP/1.1\" 200 5";
  INFO(line);
  CommonFormat parser;
  LogRecord record;
  const char* const why = parser.parse(line, record);
  CHECK((why == nullptr ? std::string(record.client) : "") == wanted);
  if (why == nullptr) CHECK(record.url.ends_with("/x"));
}

TEST_CASE("a virtual host is part of the URL") {
  const auto [fields, wanted] = GENERATE(table<std::string, std::string>({
      {"203.0.113.7 - -", "/x"},
      {"pc7 ident frank", "/x"},
      {"203.0.113.7:4711 - -", "/x"},  // a client's port
      {"Shop.Example 203.0.113.9 - -", "shop.example/x"},
      {"shop.example:443 203.0.113.9 - John Doe", "shop.example/x"},
      {"shop.example:80 pc7.example.net - frank", "shop.example/x"},
      {"shop.example:8080 203.0.113.9 - -", "shop.example:8080/x"},
      {"127.0.1.1:80 203.0.113.9 - -", "127.0.1.1/x"},
      {"[2001:db8::1]:8443 203.0.113.9 - -", "[2001:db8::1]:8443/x"},
      {"_ 203.0.113.9 - -", "/x"},
      {"- 203.0.113.9 - -", "/x"},
  }));
  const auto url = [head = fields](const std::string& request) {
    return std::string(
        parsed(head + " [01/Jan/2024:00:00:00 +0000] \"" + request + "\" 200 5").url);
  };
  CHECK(url("GET /x HTTP/1.1") == wanted);
  CHECK(url("OPTIONS * HTTP/1.1") == "*");  // what is no path belongs to no host
}

TEST_CASE("a user's name that looks like the rest of a line") {
  const std::string time = "[02/Jan/2024:00:00:00 +0000]";
  // Apache and nginx escape the quotes of names.
  const std::string line = R"(c - [01/Jan/1999:00:00:00 +0000] \"GET /other HTTP/1.1\" 200 9 )" +
                           time + R"( "GET /x HTTP/1.1" 404 5)";
  const LogRecord record = parsed(line);
  CHECK(record.url == "/x");
  CHECK(record.status == 404);
  CHECK(record.epoch_s == 1704153600);
  CHECK(malformed(R"(c - x [01/Jan/1999:00:00:00 +0000] GET / HTTP/1.1 200 9 )" + time +
                  R"( "GET /x HTTP/1.1" 404 5)"));
}

TEST_CASE("sizes") {
  const auto bytes = [](const std::string& size) {
    return parsed("c - - [01/Jan/2024:00:00:00 +0000] \"GET / HTTP/1.1\" 304 " + size).bytes;
  };
  CHECK(bytes("-") == 0);
  CHECK(bytes("0") == 0);
  CHECK(bytes("123456789012345") == 123456789012345);
  CHECK(bytes("7 \"ref\" \"agent\"") == 7);
}

TEST_CASE("malformed lines") {
  const std::string head = "c - - [01/Jan/2024:00:00:00 +0000] ";
  for (const std::string& line : {
           std::string(),
           std::string(" "),
           std::string("hello world"),
           std::string("a - - ["),
           head,
           head + "\"GET / HTTP/1.1",
           head + "\"GET / HTTP/1.1\"",
           head + "\"GET / HTTP/1.1\" 200",
           head + "\"GET / HTTP/1.1\" 200 ",
           head + "\"GET / HTTP/1.1\" 99 5",
           head + "\"GET / HTTP/1.1\" 099 5",
           head + "\"GET / HTTP/1.1\" 600 5",
           head + "\"GET / HTTP/1.1\" 200 x",
           head + "\"GET / HTTP/1.1\" 200 5x",
           head + "\"GET / HTTP/1.1\" 200 -5",
           head + "\"GET / HTTP/1.1\" 200 1234567890123456",
           head + "GET / HTTP/1.1 200 5",
           " - - [01/Jan/2024:00:00:00 +0000] \"GET / HTTP/1.1\" 200 5" + std::string(),
       }) {
    INFO(line);
    CHECK(malformed(line));
  }
  for (const char* time :
       {"32/Jan/2024:00:00:00 +0000", "30/Feb/2024:00:00:00 +0000", "29/Feb/2023:00:00:00 +0000",
        "00/Jan/2024:00:00:00 +0000", "01/Foo/2024:00:00:00 +0000", "01/Jan/2024:24:00:00 +0000",
        "01/Jan/2024:00:60:00 +0000", "01/Jan/2024:00:00:61 +0000", "01/Jan/2024:00:00:00 x0000",
        "01/Jan/1969:00:00:00 +0000", "01/Jan/2100:00:00:00 +0000", "01/Jan/2024 00:00:00 +0000",
        "1/Jan/2024:00:00:00 +00000", "01/Jan/2024:00:00:00 +2400", "01/Jan/2024:00:00:00 +17x9",
        "01/Jan/30x4:00:00:00 +0000", "01/Jan/1970:00:00:00 +1400"}) {
    INFO(time);
    CHECK(malformed(std::string("c - - [") + time + "] \"GET / HTTP/1.1\" 200 5"));
  }
}

TEST_CASE("no prefix of a line reads beyond its end") {
  const std::string line =
      R"(10.0.0.1 - u [29/Feb/2024:23:59:60 +0530] "PUT /a?b=c HTTP/1.1" 204 99 "-" "agent")";
  CommonFormat parser;
  LogRecord record;
  for (std::size_t length = 0; length <= line.size(); ++length) {
    const std::string exact(line, 0, length);  // its own allocation, which ASan watches
    parser.parse({exact.data(), exact.size()}, record);
  }
  CHECK(record.bytes == 99);
}

TEST_CASE("one parser over several days and zones") {
  CommonFormat parser;
  LogRecord record;
  const auto at = [&](const char* time) {
    const std::string line = std::string("c - - [") + time + "] \"GET / HTTP/1.1\" 200 5";
    REQUIRE(parser.parse(line, record) == nullptr);
    return record.epoch_s;
  };
  CHECK(at("29/Feb/2024:00:00:00 +0000") == 1709164800);
  CHECK(at("29/Feb/2024:12:00:00 +0000") == 1709164800 + 43200);
  CHECK(at("01/Mar/2024:00:00:00 +0000") == 1709164800 + 86400);
  CHECK(at("29/Feb/2024:05:30:00 +0530") == 1709164800);
  CHECK(at("01/Jan/1970:00:00:00 +0000") == 0);
}

TEST_CASE("calendar days against a plain count") {
  int64_t days = 0;
  for (int year = 1970; year < 2200; ++year) {
    for (int month = 1; month <= 12; ++month) {
      for (int day = 1; og::cli::is_civil_day(year, month, day); ++day, ++days) {
        REQUIRE(days_from_civil(year, month, day) == days);
        char expected[32];
        std::snprintf(expected, sizeof expected, "%04d-%02d-%02dT", year, month, day);
        REQUIRE(iso_8601(days * 86400 + 3661, 0) == std::string(expected) + "01:01:01+00:00");
      }
    }
  }
  CHECK(days == 84006);  // 230 years of 365 days and 56 leap days: 1972 to 2196 less 2100
}

TEST_CASE("a moment in the log's own zone") {
  CHECK(iso_8601(807256800, -4 * 3600) == "1995-08-01T02:00:00-04:00");
  CHECK(iso_8601(0, 19800) == "1970-01-01T05:30:00+05:30");
  CHECK(iso_8601(0, -1800) == "1969-12-31T23:30:00-00:30");
}
