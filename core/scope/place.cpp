// SPDX-License-Identifier: Apache-2.0
#include "core/scope/place.h"

namespace og {

Result<CellMemory> Place::take(CellKind kind, const Options& options, Scope::Bytes bytes) const {
  auto cells = scope_->cells(kind, name_, options.to_text(), bytes);
  if (!cells) return tl::unexpected(cells.error());
  return CellMemory(std::move(*cells), scope_);
}

}  // namespace og
