// The operation that does nothing: measures and tests what the native placement itself costs.
#pragma once

#include "operations/operation.h"

namespace millrace {

class NoopOperation final : public Operation {
 public:
  bool blocking() const override { return false; }
  ResultShape shape() const override { return {}; }
  Result<void> run(const ItemContext&, ByteView, ItemOutput&) const override { return {}; }
};

}  // namespace millrace
