#include "binding/operation_factories.h"

namespace millrace::binding {

std::span<const OperationFactory> similarityFactories() {
  return {};
}

}  // namespace millrace::binding
