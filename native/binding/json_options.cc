#include "binding/operation_factories.h"

namespace millrace::binding {

std::span<const OperationFactory> jsonFactories() {
  return {};
}

}  // namespace millrace::binding
