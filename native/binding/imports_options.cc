#include "binding/operation_factories.h"

namespace millrace::binding {

std::span<const OperationFactory> importsFactories() {
  return {};
}

}  // namespace millrace::binding
