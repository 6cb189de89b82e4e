// SPDX-License-Identifier: Apache-2.0
// The seam between a service and its layers: three of the test's own, beside one of the library's.
#include "core/service/layer_list.h"

#include <array>
#include <string>
#include <vector>

#include "core/service/limiter_layer.h"
#include "tests/catch.h"

namespace og {
namespace {

// clang-format off: a row an option
constexpr OptionSpec kRows[] = {
    {.name = "holds", .type = OptionType::kInt, .fallback = "1", .min = 1, .max = 9},
};
// clang-format on
constexpr OptionTable kFirst{"first", kRows}, kSecond{"second", kRows}, kLast{"last", kRows};

std::vector<std::string> g_steps;
std::string g_refuses;

// Notes its steps. Its own words of what a request holds are filled, as a noun's ticket would.
template <const OptionTable& kTable, size_t kHeld>
class Noted final : public ServiceLayer {
 public:
  static constexpr size_t kWords = kHeld;
  static constexpr std::array kOptions = {&kTable};

  static Result<std::unique_ptr<Noted>> make(const LayerContext& context) {
    if (context.config.section(kTable.noun).entries().empty()) return nullptr;
    auto made = std::make_unique<Noted>(context.first_word);
    made->knows_limiter = context.has(kLimiterOptions);
    made->knows_last = context.has(kLast);
    return made;
  }
  explicit Noted(size_t first_word) : ServiceLayer(first_word) {}

  bool enter(Passage& passage) override {
    g_steps.push_back(std::string("enter ") + kTable.noun);
    if (g_refuses == kTable.noun) return passage.finish(Status::kFull);
    for (size_t i = 0; i < kHeld; ++i) word(passage.taken, i) += kTable.noun[0];
    return true;
  }
  void undo(const Taken&, std::string_view, int64_t) noexcept override {
    g_steps.push_back(std::string("undo ") + kTable.noun);
  }
  void collect(MetricSink&) const override {}
  std::shared_ptr<void> noun(const OptionTable& of, int32_t) const override {
    return &of == &kTable ? std::make_shared<int>(kHeld) : nullptr;
  }

  bool knows_limiter = false, knows_last = false;
};
using First = Noted<kFirst, 2>;
using Second = Noted<kSecond, 1>;
using Last = Noted<kLast, 3>;
using Layers = LayerList<First, LimiterLayer, Second, Last>;

static_assert(Layers::kWords == 6);
static_assert(ListedLayer<First>);
static_assert(!ListedLayer<ServiceLayer>);

struct WithoutOptions final : ServiceLayer {
  static constexpr size_t kWords = 0;
  static Result<std::unique_ptr<WithoutOptions>> make(const LayerContext&) { return nullptr; }
  void collect(MetricSink&) const override {}
  std::shared_ptr<void> noun(const OptionTable&, int32_t) const override { return nullptr; }
};
static_assert(!ListedLayer<WithoutOptions>);

struct Made {
  explicit Made(std::initializer_list<std::pair<const char*, const char*>> options) {
    for (auto [name, value] : options) config.set(name, value);
    REQUIRE(layers.make({.first_word = 0,
                         .config = config,
                         .settings = settings,
                         .clock = clock,
                         .place = place,
                         .counts = counts,
                         .has = {}}));
    g_steps.clear();
    g_refuses.clear();
  }
  Config config;
  const ServiceSettings settings = *ServiceSettings::resolve({});
  const ClockPtr clock = make_manual_clock(0);
  const Place place;
  ServiceCounts counts;
  Layers layers;
};

}  // namespace

TEST_CASE("layers: a request enters them in the list's order, and leaves the last first") {
  Made made({{"last.holds", "1"}, {"first.holds", "1"}, {"second.holds", "1"}});
  const ServiceRequest request{"alice", "key"};
  ServiceAnswer answer;
  Passage passage{.request = request, .now = 0, .answer = answer};
  CHECK(made.layers.all([&](auto& layer) { return layer.enter(passage); }));
  CHECK(g_steps == std::vector<std::string>{"enter first", "enter second", "enter last"});
  // Each its own words, and nobody else's.
  const std::array<int64_t, Taken::kMostWords> wanted{'f', 'f', 's', 'l', 'l', 'l'};
  CHECK(passage.taken.words == wanted);

  g_steps.clear();
  g_refuses = "second";
  CHECK_FALSE(made.layers.all([&](auto& layer) { return layer.enter(passage); }));
  made.layers.each_back([&](auto& layer) { layer.undo(passage.taken, "key", 0); });
  CHECK(answer.result == static_cast<int64_t>(Status::kFull));
  CHECK(g_steps == std::vector<std::string>{"enter first", "enter second", "undo last",
                                            "undo second", "undo first"});
}

TEST_CASE("layers: one is made when its section is given, and knows those before it") {
  Made made({{"second.holds", "1"}, {"limiter.rate", "1/s"}, {"last.holds", "1"}});
  CHECK_FALSE(made.layers.noun(kFirst, 0));
  CHECK(made.layers.noun(kLimiterOptions, 0));
  CHECK(made.layers.noun(kLast, 0));
  std::vector<std::string> tables;
  Layers::each_options([&](const OptionTable& table) { tables.emplace_back(table.noun); });
  CHECK(tables == std::vector<std::string>{"first", "limiter", "second", "last"});
  made.layers.each([&](auto& layer) {
    if constexpr (std::is_same_v<std::decay_t<decltype(layer)>, Second>) {
      CHECK(layer.knows_limiter);
      CHECK_FALSE(layer.knows_last);
    }
  });
}

}  // namespace og
