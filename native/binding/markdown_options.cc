#include "binding/operation_factories.h"

namespace millrace::binding {

std::span<const OperationFactory> markdownFactories() {
  return {};
}

}  // namespace millrace::binding
