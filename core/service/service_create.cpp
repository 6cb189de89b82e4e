// SPDX-License-Identifier: Apache-2.0
// Making a service from its configuration; what it does with requests is in service.cpp.
#include "core/service/service.h"

namespace og {

Result<std::unique_ptr<Service>> Service::create(const Config& config, ClockPtr clock,
                                                 const Place& place) {
  auto settings = ServiceSettings::resolve(config);
  if (!settings) return tl::unexpected(std::move(settings.error()));
  std::unique_ptr<Service> service(new Service(*settings, std::move(clock)));
  auto made = service->layers_.make({.first_word = 0,
                                     .config = config,
                                     .settings = *settings,
                                     .clock = service->clock_,
                                     .place = place,
                                     .counts = service->counts_,
                                     .has = {}});
  if (!made) return tl::unexpected(std::move(made.error()));
  service->layers_.each(
      [&](ServiceLayer& layer) { service->needs_key_ = service->needs_key_ || layer.needs_key(); });
  return service;
}

}  // namespace og
