// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/autoscale/scaling_loop.h"

#include <charconv>
#include <cmath>
#include <filesystem>
#include <iostream>

#include "bindings/cli/autoscale/shell.h"
#include "bindings/cli/files.h"

namespace og::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kMostInstances = 1'000'000;

// A command's whole output as a number.
std::optional<double> number_of(const ShellAnswer& answer, std::string& why) {
  why = answer.failed;
  if (!why.empty()) return std::nullopt;
  std::string_view text = answer.output;
  const auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (!text.empty() && error == std::errc() && end == text.data() + text.size() &&
      std::isfinite(number) && number >= 0) {
    return number;
  }
  why = text.empty() ? "it printed nothing" : "'" + printable(text, 40) + "' is no number";
  return std::nullopt;
}

std::optional<int32_t> count_of(const ShellAnswer& answer, std::string& why) {
  const auto number = number_of(answer, why);
  if (!number) return std::nullopt;
  if (*number <= kMostInstances && *number == std::floor(*number))
    return static_cast<int32_t>(*number);
  why = "'" + printable(answer.output, 40) + "' is no count of instances";
  return std::nullopt;
}

// To the file, if there is one, what a function of the library writes.
template <class Ask>
Result<void> write(const std::string& path, Ask function) {
  if (path.empty()) return {};
  const auto text = text_from(function);
  if (!text) return tl::unexpected(text.error());
  const auto target = WriteTarget::find(path);
  if (!target) return tl::unexpected(target.error());
  return target->write(*text);
}

}  // namespace

Result<ScalingLoop> ScalingLoop::create(LoopSettings settings) {
  auto autoscaler = make_noun<AutoscalerHandle>(
      settings.file, "autoscaler", [](const og_config* config, og_autoscaler** out, og_error** e) {
        return og_autoscaler_create(config, nullptr, out, e);
      });
  if (!autoscaler) return tl::unexpected(autoscaler.error());
  og_metrics* made = nullptr;
  og_error* error = nullptr;
  og_status status = og_metrics_create(nullptr, &made, &error);
  MetricsHandle metrics(made);
  if (status == OG_OK) {
    status = og_metrics_add_autoscaler(made, settings.name.c_str(), autoscaler->get(), &error);
  }
  const ErrorHandle owned(error);
  if (status != OG_OK) return fail(og_error_message(error));
  for (const std::string* path : {&settings.state, &settings.textfile}) {
    if (path->empty()) continue;
    if (const auto target = WriteTarget::find(*path); !target)
      return tl::unexpected(target.error());
  }

  if (!settings.state.empty() && std::filesystem::exists(settings.state)) {
    const auto saved = read_small_file(settings.state);
    og_error* refused = nullptr;
    const bool is_used =
        saved && og_autoscaler_restore(autoscaler->get(), saved->c_str(), &refused) == OG_OK;
    const ErrorHandle owned_refusal(refused);
    if (!is_used) {
      std::cerr << "outgrow: " << one_line(settings.state) << " is left out, and begun anew: "
                << (saved ? og_error_message(refused) : one_line(saved.error().text)) << "\n";
    }
  }
  return ScalingLoop(std::move(settings), std::move(*autoscaler), std::move(metrics));
}

ScalingLoop::Seen ScalingLoop::ask() const {
  std::vector<ShellCommand> commands{{settings_.current}};
  if (!settings_.ready.empty()) commands.push_back({settings_.ready});
  for (const auto& source : settings_.sources) commands.push_back({source.command});
  const std::vector<ShellAnswer> answers = run_all(commands, settings_.timeout);

  Seen seen;
  std::string why;
  seen.current = count_of(answers[0], why);
  if (!seen.current) seen.missing["current"] = why;
  std::size_t next = 1;
  if (!settings_.ready.empty()) {
    seen.ready = count_of(answers[next++], why);
    if (!seen.ready) seen.missing["ready"] = why;
  }
  for (const auto& source : settings_.sources) {
    if (const auto value = number_of(answers[next++], why))
      seen.metrics[source.metric] = *value;
    else
      seen.missing[source.metric] = why;
  }
  return seen;
}

Result<void> ScalingLoop::tell(const Seen& seen) {
  og_autoscaler* const autoscaler = autoscaler_.get();
  og_status status = OG_OK;
  if (og_autoscaler_instances(autoscaler) != *seen.current)
    status = og_autoscaler_set_instances(autoscaler, *seen.current);
  if (status == OG_OK && seen.ready) status = og_autoscaler_set_ready(autoscaler, *seen.ready);
  if (status == OG_OK) {
    const auto value = [&](int32_t metric) {
      const auto found = seen.metrics.find(og_scale_metric_name(metric));
      return found == seen.metrics.end() ? NAN : found->get<double>();
    };
    status = og_autoscaler_observe(
        autoscaler, value(OG_METRIC_CPU_UTILIZATION), value(OG_METRIC_MEMORY_UTILIZATION),
        value(OG_METRIC_REQUEST_RATE), value(OG_METRIC_RESPONSE_TIME), value(OG_METRIC_ERROR_RATE));
  }
  if (status != OG_OK) return fail(og_status_text(status));
  return {};
}

Result<ScalingLoop::DecisionHandle> ScalingLoop::decide() {
  og_decision* made = nullptr;
  og_error* error = nullptr;
  const og_status status = settings_.dry_run
                               ? og_autoscaler_advise(autoscaler_.get(), &made, &error)
                               : og_autoscaler_explain(autoscaler_.get(), &made, &error);
  const ErrorHandle owned(error);
  if (status != OG_OK) return fail(og_error_message(error));
  return DecisionHandle(made);
}

std::string ScalingLoop::order(const og_decision* decision) const {
  const std::string reason = og_scale_reason_name(og_decision_reason(decision));
  const ShellCommand apply{settings_.apply,
                           {"OUTGROW_NAME=" + settings_.name,
                            "OUTGROW_DESIRED=" + std::to_string(og_decision_desired(decision)),
                            "OUTGROW_CURRENT=" + std::to_string(og_decision_previous(decision)),
                            "OUTGROW_REASON=" + reason}};
  return run_all({apply}, settings_.timeout)[0].failed;
}

Result<void> ScalingLoop::save_state() const {
  return write(settings_.state, [&](og_text** out, og_error** error) {
    return og_autoscaler_save(autoscaler_.get(), out, error);
  });
}

Result<void> ScalingLoop::write_metrics() const {
  return write(settings_.textfile, [&](og_text** out, og_error** error) {
    return og_metrics_render(metrics_.get(), out, error);
  });
}

ScalingLoop::Round ScalingLoop::round() {
  Round round;
  Json& line = round.line;
  line["name"] = settings_.name;
  const auto failed = [&](std::string why) {
    line["failed"] = why;
    round.failed = std::move(why);
  };
  const Seen seen = ask();
  if (seen.current) line["current"] = *seen.current;
  if (seen.ready) line["ready"] = *seen.ready;
  line["metrics"] = seen.metrics;
  if (!seen.missing.empty()) line["missing"] = seen.missing;
  if (!seen.current) {
    failed("current: " + seen.missing["current"].get<std::string>() + "; nothing is decided");
    return round;
  }
  if (const auto told = tell(seen); !told) {
    failed(told.error().text);
    return round;
  }
  const auto decision = decide();
  if (!decision) {
    failed(decision.error().text);
    return round;
  }
  const og_decision* const made = decision->get();
  line["desired"] = og_decision_desired(made);
  line["action"] = og_scale_action_name(og_decision_action(made));
  line["reason"] = og_scale_reason_name(og_decision_reason(made));
  line["text"] = og_decision_text(made);
  if (settings_.dry_run) line["dry_run"] = true;
  if (const auto saved = save_state(); !saved) failed(saved.error().text);
  if (!settings_.dry_run && og_decision_action(made) != OG_SCALE_HOLD) {
    const std::string why = order(made);
    line["applied"] = why.empty();
    if (!why.empty()) failed("apply: " + why);
  }
  if (const auto written = write_metrics(); !written) failed(written.error().text);
  return round;
}

}  // namespace og::cli
