// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/capacity/capacity_command.h"

#include <outgrow.h>

#include <charconv>
#include <cmath>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "bindings/cli/capacity/table.h"
#include "bindings/cli/figures.h"
#include "bindings/cli/given.h"
#include "bindings/cli/replay/handle.h"

namespace og::cli {
namespace {

using OrderedJson = nlohmann::ordered_json;
using CapacityHandle = Handle<og_capacity, &og_capacity_destroy>;
using UslHandle = Handle<og_usl, &og_usl_destroy>;
using StaffingHandle = Handle<og_staffing, &og_staffing_destroy>;

constexpr char kAbout[] =
    "Says how a system scales, by what a load test has measured, and how many instances a load\n"
    "needs.";
constexpr char kFooter[] =
    "FILE.csv names its columns in its first line: concurrency and throughput, of which the\n"
    "Universal Scalability Law is fitted; or rate and utilization of one instance in production.\n"
    "- is standard input. Without a file, Erlang's formula answers, which wants service_ms.\n"
    "\n"
    "How many instances a rate needs is answered by what the file is of, unless --set model says\n"
    "otherwise. `outgrow options capacity` lists the options.\n"
    "\n"
    "Exit status: 0 done; 2 the arguments or the file are no good, or there is no answer.";
constexpr int64_t kKept = 2000;  // the most that option `samples` allows

OrderedJson figure_of(double value) {
  return std::isfinite(value) ? OrderedJson(value) : OrderedJson(nullptr);
}

std::string figure(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return std::isfinite(value) ? text : "-";
}

Failure refusal(const og_error* error) {
  return {error ? og_error_message(error) : "out of memory"};
}

Result<CapacityHandle> planner(const std::vector<std::string>& options,
                               const std::optional<MeasuredTable>& table) {
  og_config* made = nullptr;
  og_error* error = nullptr;
  if (og_config_create(&made, &error) != OG_OK) {
    const ErrorHandle owned(error);
    return tl::unexpected(refusal(error));
  }
  const ConfigHandle config(made);
  // What the file is of answers, until an option says otherwise: of two values the later stands.
  og_status set = og_config_set_int(made, "samples", kKept);
  if (table && set == OG_OK) {
    const bool scales = table->kind == MeasuredTable::Kind::kScalability;
    set = og_config_set(made, "model", scales ? "usl" : "utilization");
  }
  for (const std::string& option : options) {
    const std::size_t equals = option.find('=');
    if (equals == 0 || equals == option.npos) {
      return fail("--set takes option=value, not '" + printable(option) + "'");
    }
    if (set != OG_OK) break;
    set = og_config_set(made, option.substr(0, equals).c_str(), option.substr(equals + 1).c_str());
  }
  if (set != OG_OK) return fail("out of memory");
  og_capacity* capacity = nullptr;
  const og_status status = og_capacity_create(made, &capacity, &error);
  const ErrorHandle owned(error);
  if (status != OG_OK) return tl::unexpected(refusal(error));
  return CapacityHandle(capacity);
}

Result<void> feed(og_capacity* capacity, const MeasuredTable& table, const std::string& name) {
  const bool scales = table.kind == MeasuredTable::Kind::kScalability;
  for (const MeasuredTable::Row& row : table.rows) {
    const og_status taken = scales ? og_capacity_observe(capacity, row.at, row.seen)
                                   : og_capacity_observe_utilization(capacity, row.at, row.seen);
    if (taken == OG_OK) continue;
    return fail(name + ":" + std::to_string(row.line) + ": " +
                (scales ? "a concurrency is 1 to 1e15, and a throughput above 0: "
                        : "a rate and a utilization are 0 to 1e15: ") +
                shortest(row.at) + ", " + shortest(row.seen));
  }
  return {};
}

OrderedJson interval(double value, double low, double high) {
  return {{"value", figure_of(value)}, {"low", figure_of(low)}, {"high", figure_of(high)}};
}

OrderedJson law_of(const og_usl* law) {
  return {
      {"samples", og_usl_samples(law)},
      {"lambda", interval(og_usl_lambda(law), og_usl_lambda_low(law), og_usl_lambda_high(law))},
      {"sigma", interval(og_usl_sigma(law), og_usl_sigma_low(law), og_usl_sigma_high(law))},
      {"kappa", interval(og_usl_kappa(law), og_usl_kappa_low(law), og_usl_kappa_high(law))},
      {"peak", interval(og_usl_peak(law), og_usl_peak_low(law), og_usl_peak_high(law))},
      {"peak_throughput", figure_of(og_usl_peak_throughput(law))},
      {"deviation", figure_of(og_usl_deviation(law))},
  };
}

void print_law(const og_usl* law) {
  const auto row = [](const char* name, double value, double low, double high, const char* what) {
    char line[128];
    std::snprintf(line, sizeof line, "  %-7s %12s  (%s to %s)", name, figure(value).c_str(),
                  figure(low).c_str(), figure(high).c_str());
    std::cout << line << "  " << what << "\n";
  };
  std::cout << "Scalability, of " << og_usl_samples(law) << " measurements\n";
  row("lambda", og_usl_lambda(law), og_usl_lambda_low(law), og_usl_lambda_high(law),
      "throughput of one");
  row("sigma", og_usl_sigma(law), og_usl_sigma_low(law), og_usl_sigma_high(law),
      "contention: the share that is done one at a time");
  row("kappa", og_usl_kappa(law), og_usl_kappa_low(law), og_usl_kappa_high(law),
      "coherency: what agreeing with each other costs");
  if (std::isfinite(og_usl_peak(law))) {
    row("peak", og_usl_peak(law), og_usl_peak_low(law), og_usl_peak_high(law),
        "concurrency beyond which there is less");
    std::cout << "  throughput there: " << figure(og_usl_peak_throughput(law)) << "\n";
  } else {
    std::cout << "  no peak: more concurrency always gives more\n";
  }
  std::cout << "  the measurements differ from it by " << figure(og_usl_deviation(law))
            << " (standard error)\n";
}

OrderedJson staffing_of(double rate, const og_staffing* staffing) {
  constexpr const char* kBases[] = {"formula", "observed", "extrapolated"};
  return {{"rate", rate},
          {"instances", og_staffing_instances(staffing)},
          {"working", og_staffing_working(staffing)},
          {"load", figure_of(og_staffing_load(staffing))},
          {"utilization", figure_of(og_staffing_utilization(staffing))},
          {"waiting", figure_of(og_staffing_waiting(staffing))},
          {"basis", kBases[og_staffing_basis(staffing)]},
          {"text", og_staffing_text(staffing)}};
}

Result<std::vector<double>> numbers_of(const std::vector<std::string>& texts) {
  std::vector<double> numbers;
  for (const std::string& text : texts) {
    double number = 0;
    const char* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, number);
    if (error != std::errc() || end != last) {
      return fail("--rate cannot be '" + printable(text) + "': it is a number");
    }
    numbers.push_back(number);
  }
  return numbers;
}

Result<std::optional<MeasuredTable>> table_of(const std::string& file) {
  if (file.empty()) return std::optional<MeasuredTable>();
  if (file == "-") return read_table(std::cin, "standard input");
  std::ifstream in(file);
  if (!in) return fail("cannot read " + file);
  return read_table(in, file);
}

}  // namespace

CapacityCommand::CapacityCommand(CLI::App& app) : command_(app.add_subcommand("capacity", kAbout)) {
  command_->footer(kFooter);
  command_->add_option("FILE.csv", file_, "What was measured")->type_name("")->check(given());
  command_
      ->add_option("--rate", rates_,
                   "How many instances it needs: requests a minute, or in the file's throughput")
      ->type_name("RATE")
      ->expected(1)
      ->take_all();
  command_->add_option("--set", options_, "An option, such as service_ms=120ms or zones=3")
      ->type_name("OPTION=VALUE")
      ->expected(1)
      ->take_all();
  command_->add_option("--format", format_, "text or json")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
}

Result<void> CapacityCommand::run() const {
  if (file_.empty() && rates_.empty()) return fail("capacity wants a FILE.csv, a --rate, or both");
  const auto rates = numbers_of(rates_);
  if (!rates) return tl::unexpected(rates.error());
  const auto table = table_of(file_);
  if (!table) return tl::unexpected(table.error());
  const auto capacity = planner(options_, *table);
  if (!capacity) return tl::unexpected(capacity.error());
  const bool as_json = format_ == "json";
  OrderedJson said = OrderedJson::object();
  if (*table) {
    const std::string name = file_ == "-" ? "standard input" : file_;
    if (auto fed = feed(capacity->get(), **table, name); !fed) return fed;
    if ((*table)->kind == MeasuredTable::Kind::kScalability) {
      og_usl* law = nullptr;
      og_error* error = nullptr;
      const og_status status = og_capacity_fit(capacity->get(), &law, &error);
      const UslHandle owned(law);
      const ErrorHandle owned_error(error);
      if (status != OG_OK) return fail(name + ": " + refusal(error).text);
      said["scalability"] = law_of(law);
      if (!as_json) print_law(law);
    }
  }
  for (const double rate : *rates) {
    og_staffing* staffing = nullptr;
    og_error* error = nullptr;
    const og_status status = og_capacity_staff(capacity->get(), rate, &staffing, &error);
    const StaffingHandle owned(staffing);
    const ErrorHandle owned_error(error);
    if (status != OG_OK) return tl::unexpected(refusal(error));
    said["staffing"].push_back(staffing_of(rate, staffing));
    if (!as_json) std::cout << og_staffing_text(staffing) << "\n";
  }
  if (as_json) std::cout << said.dump(2) << "\n";
  return {};
}

}  // namespace og::cli
