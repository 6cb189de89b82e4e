// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/host_report.h"

#include "core/base/histogram.h"
#include "core/base/json_list.h"
#include "core/inspect/host_faults.h"
#include "core/inspect/opened_object.h"

namespace og {
namespace {

// Series by name and labels, as in the exposition format.
class FigureSink final : public MetricSink {
 public:
  void counter(std::string_view name, std::string_view, Labels labels, int64_t value) override {
    figures_.add(series(name, labels), value);
  }
  void gauge(std::string_view name, std::string_view, Labels labels, double value) override {
    std::string number;
    append_json_number(number, value);
    figures_.add(series(name, labels), number);
  }
  void histogram(std::string_view name, std::string_view, Labels labels,
                 const Histogram& value) override {
    figures_.add(series(std::string(name) + "_count", labels), count_of(value));
  }
  std::string object() const { return figures_.object(); }

  static int64_t count_of(const Histogram& histogram) {
    int64_t count = 0;
    for (int i = 0; i < Histogram::kBuckets; ++i) count += histogram.count(i);
    return count;
  }

 private:
  std::string series(std::string_view name, Labels labels) const {
    std::string pairs;
    auto add = [&](std::string_view label, std::string_view value) {
      pairs += (pairs.empty() ? "" : ",") + std::string(label) + "=" + json_quoted(value);
    };
    for (const auto& [label, value] : scope_) add(label, value);
    for (const auto& [label, value] : labels) add(label, value);
    return std::string(name) + (pairs.empty() ? "" : "{" + pairs + "}");
  }
  JsonList figures_;
};

// The same of what processes count each for itself.
std::string added_up(const ProcessSums& sums) {
  JsonList figures;
  sums.each([&](const ProcessSums::Sum& sum) {
    std::string series(sum.names.family);
    if (sum.kind == SeriesKind::kHistogram) series += "_count";
    if (!sum.names.instance.empty()) series += "{" + std::string(sum.names.instance) + "}";
    if (sum.kind == SeriesKind::kCounter) {
      figures.add(series, sum.record.count.load(std::memory_order_relaxed));
    } else if (sum.kind == SeriesKind::kHistogram) {
      figures.add(series, FigureSink::count_of(sum.record.histogram));
    } else {
      std::string number;
      append_json_number(number, sum.level);
      figures.add(series, number);
    }
  });
  return figures.object();
}

void add_figures(const OpenedObject& object, JsonList& out) {
  FigureSink sink;
  object.collect(sink);
  if (const std::string state = object.state(); !state.empty())
    out.add("state", json_quoted(state));
  out.add("figures", sink.object());
  if (const ProcessSums* sums = object.sums()) out.add("added_up", added_up(*sums));
  if (auto hottest = object.hottest()) out.add("hottest", HotKeys::json(*hottest));
  if (const std::string status = object.status(); !status.empty()) out.add("status", status);
}

std::string report(const Segment::ObjectInfo& object, const std::shared_ptr<Segment>& segment) {
  const ObjectKind* kind = find_kind(object.kind);
  JsonList options;
  const auto known = kind ? config_of(object, *kind->options) : Config();
  const Config config = known ? *known : Options::words(object.options);
  for (const auto& [name, value] : config.entries()) options.add(name, json_quoted(value));
  JsonList out;
  out.add("kind", json_quoted(kind_name(object.kind)));
  out.add("name", json_quoted(object.name));
  out.add("options", options.object());
  out.add("bytes", object.bytes);
  if (kind) {
    if (auto opened = kind->open(object, segment))
      add_figures(**opened, out);
    else
      out.add("error", json_quoted(opened.error().message));
  }
  return out.object();
}

std::string report_damaged(uint32_t number) {
  JsonList out;
  out.add("kind", json_quoted("unknown"));
  out.add("name", json_quoted(""));
  out.add("options", std::string("{}"));
  out.add("bytes", 0);
  out.add("error", json_quoted("object " + std::to_string(number) + " is not within the segment"));
  return out.object();
}

std::string faults(const std::shared_ptr<Segment>& segment) {
  JsonList all;
  if (auto found = host_faults(segment)) {
    for (const std::string& fault : *found) all.add(json_quoted(fault));
  } else {
    all.add(json_quoted(found.error().message));
  }
  return all.array();
}

}  // namespace

std::string host_report(const std::shared_ptr<Segment>& segment, bool verify) {
  JsonList attachments, objects, all;
  for (const Segment::AttachmentInfo& attachment : segment->attachments()) {
    JsonList out;
    out.add("pid", static_cast<int64_t>(attachment.pid));
    out.add("command", json_quoted(attachment.command));
    out.add("start_time", static_cast<int64_t>(attachment.start_time));
    attachments.add(out.object());
  }
  for (const Segment::ObjectInfo& object : segment->objects()) objects.add(report(object, segment));
  for (uint32_t number : segment->damaged()) objects.add(report_damaged(number));
  all.add("name", json_quoted(segment->name()));
  all.add("bytes", segment->bytes());
  all.add("bytes_left", segment->usage().bytes_left);
  all.add("attachments", attachments.array());
  all.add("objects", objects.array());
  if (verify) all.add("faults", faults(segment));
  return all.object();
}

}  // namespace og
