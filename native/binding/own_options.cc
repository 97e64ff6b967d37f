#include "binding/operation_factories.h"

namespace millrace::binding {

std::span<const OperationFactory> ownFactories() {
  return {};
}

}  // namespace millrace::binding
