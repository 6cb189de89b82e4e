// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/replay/comparison.h"

#include <map>
#include <set>
#include <utility>

#include "bindings/cli/replay/library_options.h"

namespace og::cli {
namespace {

using Values = std::map<std::string, std::string>;

Values in_force(const ReplaySettings& settings) {
  Values values;
  for (const NamedText& option : settings.in_force()) values[option.name] = option.text;
  return values;
}

// As it holds, be it by default.
std::string value_of(const ReplaySettings& settings, const Values& in_force,
                     const std::string& name) {
  if (const auto found = in_force.find(name); found != in_force.end()) return found->second;
  const std::size_t dot = name.find('.');
  return option_value(settings, name.substr(0, dot), name.substr(dot + 1));
}

std::vector<DifferingOption> differing(const ReplaySettings& first, const ReplaySettings& second) {
  const Values one = in_force(first), other = in_force(second);
  std::set<std::string> names;
  for (const Values* values : {&one, &other}) {
    for (const auto& [name, value] : *values) names.insert(name);
  }
  std::vector<DifferingOption> all;
  for (const std::string& name : names) {
    DifferingOption option{name, value_of(first, one, name), value_of(second, other, name)};
    if (option.first != option.second) all.push_back(std::move(option));
  }
  return all;
}

}  // namespace

Result<ComparedReplay> ComparedReplay::create(const ReplaySettings& first,
                                              const ReplaySettings& second) {
  auto one = Replay::create(first);
  if (!one) return tl::unexpected(one.error());
  auto other = Replay::create(second);
  if (!other) return tl::unexpected(other.error());
  return ComparedReplay(first, second, std::move(*one), std::move(*other));
}

void ComparedReplay::feed(const LogRecord& record) {
  const Replay::Fate one = first_.feed(record);
  const Replay::Fate other = second_.feed(record);
  if (one.is_denied && other.is_denied)
    ++both_;
  else if (one.is_denied)
    by_first_.add(record, one.client);
  else if (other.is_denied)
    by_second_.add(record, one.client);
}

Result<Comparison> ComparedReplay::finish(const LogMerge& log) {
  Comparison comparison;
  for (auto [replay, summary] :
       {std::pair(&first_, &comparison.first), std::pair(&second_, &comparison.second)}) {
    auto done = replay->finish(log);
    if (!done) return tl::unexpected(done.error());
    *summary = std::move(*done);
  }
  comparison.denied_by_both = both_;
  const auto worst = static_cast<std::size_t>(first_settings_.worst_clients);
  comparison.by_first = by_first_.taken(worst);
  comparison.by_second = by_second_.taken(worst);
  comparison.options = differing(first_settings_, second_settings_);
  return comparison;
}

void ComparedReplay::Tally::add(const LogRecord& record, uint64_t client) {
  ++requests;
  clients.add(client);
  worst.add(record.client, client);
}

DeniedAlone ComparedReplay::Tally::taken(std::size_t most) const {
  return {requests, clients.count(), worst.exact(), worst.worst(most)};
}

}  // namespace og::cli
