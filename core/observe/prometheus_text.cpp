// SPDX-License-Identifier: Apache-2.0
#include "core/observe/prometheus_text.h"

#include <cmath>

#include "core/base/number_text.h"
#include "core/base/utf8.h"

namespace og {
namespace {

// Backslash and newline are escaped, in label values the quote too; what is not UTF-8 becomes
// U+FFFD.
void append_escaped(std::string& out, std::string_view text, bool in_quotes) {
  while (!text.empty()) {
    size_t length = utf8_length(text);
    if (length == 0) {
      out += kReplacement;
      length = 1;
    } else if (text[0] == '\\') {
      out += "\\\\";
    } else if (text[0] == '\n') {
      out += "\\n";
    } else if (text[0] == '"' && in_quotes) {
      out += "\\\"";
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
}

void append_label(std::string& out, std::string_view name, std::string_view value) {
  if (!out.empty()) out += ',';
  out += name;
  out += "=\"";
  append_escaped(out, value, true);
  out += '"';
}

std::string number_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return shortest_number(value);
}

void append_line(std::string& out, std::string_view name, std::string_view suffix,
                 std::string_view labels, std::string_view value) {
  out += name;
  out += suffix;
  if (!labels.empty()) {
    out += '{';
    out += labels;
    out += '}';
  }
  out += ' ';
  out += value;
  out += '\n';
}

}  // namespace

void PrometheusText::counter(std::string_view name, std::string_view help, Labels labels,
                             int64_t value) {
  write_counter(name, help, own_label_text(labels), value);
}

void PrometheusText::gauge(std::string_view name, std::string_view help, Labels labels,
                           double value) {
  write_gauge(name, help, own_label_text(labels), value);
}

void PrometheusText::histogram(std::string_view name, std::string_view help, Labels labels,
                               const Histogram& value) {
  write_histogram(name, help, own_label_text(labels), value.counts());
}

void PrometheusText::write_counter(std::string_view name, std::string_view help,
                                   const std::string& by, int64_t value) {
  if (std::string* out = open(name, "counter", help, by)) {
    append_line(*out, name, "", by, std::to_string(value));
  }
}

void PrometheusText::write_gauge(std::string_view name, std::string_view help,
                                 const std::string& by, double value) {
  if (std::string* out = open(name, "gauge", help, by)) {
    append_line(*out, name, "", by, number_text(value));
  }
}

void PrometheusText::write_histogram(std::string_view name, std::string_view help,
                                     const std::string& by, const Histogram::Counts& value) {
  std::string* out = open(name, "histogram", help, by);
  if (!out) return;
  const int step = Histogram::kSub / buckets_per_octave_;
  int64_t cumulative = 0;
  for (int bucket = 0; bucket < Histogram::kBuckets; ++bucket) {
    cumulative += value.buckets[static_cast<size_t>(bucket)];
    bool last = bucket == Histogram::kBuckets - 1;
    if (!last && bucket % step != step - 1) continue;
    double bound = last ? INFINITY : static_cast<double>(Histogram::bound_ns(bucket)) / 1e9;
    std::string with_bound = by;
    append_label(with_bound, "le", number_text(bound));
    append_line(*out, name, "_bucket", with_bound, std::to_string(cumulative));
  }
  // Past 2^63 ns as a counter goes on that has no sign, so that where it begins anew scrapers see a
  // reset.
  const auto sum = static_cast<double>(static_cast<uint64_t>(value.sum_ns));
  append_line(*out, name, "_sum", by, number_text(sum / 1e9));
  append_line(*out, name, "_count", by, std::to_string(cumulative));
}

std::string PrometheusText::text() const {
  std::string out;
  for (const auto& [name, family] : families_) {
    out += "# HELP " + name + ' ';
    append_escaped(out, family.help, false);
    out += "\n# TYPE " + name + ' ';
    out += family.type;
    out += '\n';
    for (const auto& [labels, lines] : family.series) out += lines;
  }
  return out;
}

std::string* PrometheusText::open(std::string_view name, std::string_view type,
                                  std::string_view help, const std::string& labels) {
  auto found = families_.find(name);
  if (found == families_.end()) {
    found = families_.emplace(std::string(name), Family{type, std::string(help), {}}).first;
  }
  auto& [family_type, family_help, series] = found->second;
  if (family_type == type) {
    auto [line, fresh] = series.try_emplace(labels);
    if (fresh) return &line->second;
  }
  ++left_out_;
  return nullptr;
}

std::string PrometheusText::label_text(const Pairs& scope, Labels labels) {
  std::string out;
  for (const auto& [name, value] : scope) append_label(out, name, value);
  for (const auto& [name, value] : labels) append_label(out, name, value);
  return out;
}

std::string PrometheusText::own_label_text(Labels labels) const {
  std::string out = label_text(scope_, labels);
  if (!process_.empty() && !is_shared()) append_label(out, "process", process_);
  return out;
}

}  // namespace og
