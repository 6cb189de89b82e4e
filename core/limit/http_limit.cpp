// SPDX-License-Identifier: Apache-2.0
#include "core/limit/http_limit.h"

#include <algorithm>
#include <optional>

#include "core/base/json.h"
#include "core/base/shown_text.h"
#include "core/base/structured_field.h"
#include "core/base/typed_options.h"

namespace og {
namespace {

constexpr std::string_view kLocal = "unix:";

// clang-format off: a row an option
constexpr OptionSpec kHttpRows[] = {
    {.name = "fields", .type = OptionType::kEnum, .fallback = "draft10",
     .choices = "draft10|draft7|draft6|x_ratelimit",
     .doc = "The fields of an answer: RateLimit and RateLimit-Policy as drafts 10 or 7 of the IETF "
            "have them, RateLimit-Limit, -Remaining and -Reset of draft 6, or X-RateLimit-."},
    {.name = "policy", .type = OptionType::kString, .fallback = "",
     .doc = "What the fields call the limit; empty: the limiter's name, or default where it has none."},
    {.name = "unit", .type = OptionType::kString, .fallback = "",
     .doc = "What the limit counts, where that is not requests: content-bytes, concurrent-requests."},
    {.name = "trusted", .type = OptionType::kString, .fallback = "",
     .doc = "Proxies whose word is taken for the client's address: 10.0.0.0/8, 2001:db8::7, and "
            "unix: for peers without an address; empty: nobody's."},
    {.name = "forwarded", .type = OptionType::kEnum, .fallback = "x_forwarded_for",
     .choices = "x_forwarded_for|forwarded",
     .doc = "The field in which they give it: X-Forwarded-For, or Forwarded of RFC 7239."},
    {.name = "ipv6_prefix", .type = OptionType::kInt, .fallback = "64", .min = 1, .max = 128,
     .unit = "bits",
     .doc = "How much of an IPv6 address is a key: what one client is usually given is a /64."},
};
// clang-format on

}  // namespace

constexpr OptionTable kHttpOptions{"http", kHttpRows};

Result<std::shared_ptr<HttpLimit>> HttpLimit::create(const Config& config,
                                                     std::shared_ptr<Limiter> limiter) {
  auto options = OptionsOf<kHttpOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  Settings settings{
      .form = options->choice<FieldsForm>("fields"),
      .policy = options->text("policy"),
      .unit = options->text("unit"),
      .forwarded = options->choice<ForwardedNodes::Form>("forwarded"),
      .trusted = {},
      .ipv6_prefix = static_cast<int>(options->integer("ipv6_prefix")),
  };
  const bool is_named = settings.policy.empty() && !limiter->name().empty();
  if (settings.policy.empty()) settings.policy = is_named ? limiter->name() : "default";
  constexpr const char* kWhy = ": a field carries visible ASCII and blanks alone";
  if (!is_field_string(settings.policy)) {
    return fail(Status::kBadValue,
                (is_named ? "the limiter's name is no name for a policy, give the option 'policy'"
                          : "option 'policy' cannot be '" + shown(settings.policy, 99) + "'") +
                    std::string(kWhy),
                "policy");
  }
  if (!is_field_string(settings.unit)) {
    return fail(Status::kBadValue,
                "option 'unit' cannot be '" + shown(settings.unit, 99) + "'" + kWhy, "unit");
  }
  if (auto read = read_trusted(options->text("trusted"), settings); !read)
    return tl::unexpected(std::move(read.error()));
  return std::shared_ptr<HttpLimit>(new HttpLimit(std::move(settings), std::move(limiter)));
}

Result<void> HttpLimit::read_trusted(std::string_view text, Settings& settings) {
  constexpr std::string_view kBetween = ", \t\n";
  for (size_t at = 0; (at = text.find_first_not_of(kBetween, at)) != std::string_view::npos;) {
    const size_t end = std::min(text.find_first_of(kBetween, at), text.size());
    const std::string_view word = text.substr(at, end - at);
    at = end;
    if (word == kLocal) {
      settings.trusts_local = true;
    } else if (const auto range = IpRange::parse(word)) {
      settings.trusted.push_back(*range);
    } else {
      return fail(Status::kBadValue,
                  "option 'trusted' cannot have '" + shown(word, 99) +
                      "': use addresses, ranges such as 10.0.0.0/8 whose bits behind the prefix "
                      "are 0, and unix:",
                  "trusted");
    }
  }
  return {};
}

bool HttpLimit::is_trusted(const IpAddress& address) const noexcept {
  return std::any_of(settings_.trusted.begin(), settings_.trusted.end(),
                     [&](const IpRange& range) { return range.contains(address); });
}

std::string HttpLimit::key_of(const IpAddress& address) const {
  if (address.is_ipv4() || settings_.ipv6_prefix == 128) return address.text();
  return address.prefix(settings_.ipv6_prefix).text() + '/' + std::to_string(settings_.ipv6_prefix);
}

std::string HttpLimit::client(std::string_view remote, std::string_view forwarded) {
  std::optional<IpAddress> at = IpAddress::parse(remote);
  Count by = kByConnection;
  ForwardedNodes nodes(settings_.forwarded, forwarded);
  std::string node;
  while (at ? is_trusted(*at) : settings_.trusts_local) {
    const auto step = nodes.next(node);
    if (step == ForwardedNodes::Step::kEnd) break;
    const auto next = step == ForwardedNodes::Step::kNode ? IpAddress::parse(node) : std::nullopt;
    if (!next) {
      counts_.add(kUnreadable);
      break;
    }
    at = next;
    by = kByField;
  }
  counts_.add(by);
  return at ? key_of(*at) : "unknown";
}

Result<std::string> HttpLimit::fields(std::string_view key, int64_t wait_ns,
                                      std::string_view partition) const {
  auto rates = told_rates(key);
  if (!rates) return tl::unexpected(std::move(rates.error()));
  if (rates->empty()) return std::string();
  return limit_fields(settings_.form, {*rates, settings_.unit, partition, wait_ns});
}

// None of a key without a rate.
Result<std::vector<ToldRate>> HttpLimit::told_rates(std::string_view key) const {
  Standing standing;
  if (const int64_t answer = limiter_->standing(key, standing); answer < 0) {
    return fail(static_cast<Status>(answer),
                "the time is more than nine years after the limiter's first decision");
  }
  std::vector<ToldRate> told;
  if (limiter_->bands() == 1) {
    auto terms = limiter_->terms(key);
    if (!terms) return tl::unexpected(std::move(terms.error()));
    const auto& [of, plan, is_limited] = *terms;
    if (is_limited)
      told.push_back({plan.empty() ? settings_.policy : plan, of.rate, of.burst, standing});
    return told;
  }
  auto terms = limiter_->terms_of_rates();
  if (!terms) return tl::unexpected(std::move(terms.error()));
  const auto standings = limiter_->standings(key);
  for (size_t i = 0; i < standings.size(); ++i) {
    told.push_back({settings_.policy + "-" + std::to_string(i), (*terms)[i].rate, (*terms)[i].burst,
                    standings[i]});
  }
  return told;
}

std::string HttpLimit::problem(Problem problem, int64_t wait_ns) const {
  struct Kind {
    const char* type;
    const char* title;
    int status;
  };
  static constexpr Kind kKinds[] = {
      {"quota-exceeded", "Quota Exceeded", 429},
      {"temporary-reduced-capacity", "Temporary Reduced Capacity", 503},
      {"abnormal-usage-detected", "Abnormal Usage Detected", 429},
  };
  const Kind& kind = kKinds[static_cast<size_t>(problem)];
  std::string body = R"({"type": "https://iana.org/assignments/http-problem-types#)";
  body.append(kind.type).append(R"(", "title": ")").append(kind.title);
  body.append(R"(", "status": )").append(std::to_string(kind.status)).append(R"(, "detail": )");
  append_json_string(body, limiter_->refusal(wait_ns));
  // Of several rates it is not known which.
  if (limiter_->bands() == 1) {
    append_json_string(body.append(R"(, "violated-policies": [)"), settings_.policy);
    body += "]";
  }
  return body + "}";
}

void HttpLimit::collect(MetricSink& sink) const {
  constexpr const char* kName = "outgrow_http_clients_total";
  constexpr const char* kHelp = "Clients asked for, by what told their address.";
  sink.counter(kName, kHelp, {{"by", "connection"}}, counts_.total(kByConnection));
  sink.counter(kName, kHelp, {{"by", "field"}}, counts_.total(kByField));
  sink.counter("outgrow_http_unreadable_fields_total",
               "Fields of trusted proxies that named no address where one was looked for.", {},
               counts_.total(kUnreadable));
}

}  // namespace og
