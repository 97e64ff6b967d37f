#include "binding/operation_factories.h"

namespace millrace::binding {

std::span<const OperationFactory> textFactories() {
  return {};
}

}  // namespace millrace::binding
