// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/cell_table.h"

namespace og {

// What the protocol of a table's cells never leaves behind, a line a fault. Others may go on using
// the table: what is found was so at one moment.
template <class M>
class CellTableFaults {
 public:
  using Table = CellTable<M>;
  using View = typename Table::View;

  static std::vector<std::string> of(Table& table) {
    CellTableFaults check{table, {}};
    std::unordered_map<uint64_t, View> live;
    for (uint64_t i = 0; i < table.homes_ + Table::kWindow; ++i) {
      const View view = table.read(table.cells_ + i);
      const uint64_t tag = view.tag & table.tag_mask_;
      if (tag == Table::kUnused || tag == table.free_) {
        if (view.state != 0)
          check.add(i, "is nobody's and has state " + std::to_string(view.state));
        continue;
      }
      check.check_window(i, tag);
      if (view.pending()) {
        if (view.value() > table.header_->tickets.load(std::memory_order_seq_cst)) {
          check.add(i, "is claimed with a ticket that was never given");
        }
        continue;
      }
      auto [known, is_new] = live.emplace(tag, view);
      // States do not come back: one that is current was so all the time.
      if (!is_new && table.is_current(known->second) && table.is_current(view)) {
        check.add(
            i, "is a key's that also lives in cell " + std::to_string(table.index(known->second)));
      }
    }
    return std::move(check.faults);
  }

  Table& table;
  std::vector<std::string> faults;

 private:
  void add(uint64_t cell, const std::string& what) {
    faults.push_back("cell " + std::to_string(cell) + " " + what);
  }
  // The tag is the hash but for low bits, which move the home by one at most.
  void check_window(uint64_t cell, uint64_t tag) {
    const auto first = static_cast<uint64_t>(table.home(tag) - table.cells_);
    const auto last = static_cast<uint64_t>(table.home(tag | ~table.tag_mask_) - table.cells_);
    if (cell < first || cell >= last + Table::kWindow) {
      add(cell, "is a key's whose cells are " + std::to_string(first) + " to " +
                    std::to_string(last + Table::kWindow - 1));
      return;
    }
    for (uint64_t i = last; i < cell; ++i) {
      if ((table.cells_[i].tag.load(std::memory_order_seq_cst) & table.tag_mask_) ==
          Table::kUnused) {
        add(cell,
            "is a key's that looks no further than cell " + std::to_string(i) + ", never used");
        return;
      }
    }
  }
};

}  // namespace og
