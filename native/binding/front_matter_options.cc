#include "binding/operation_factories.h"

namespace millrace::binding {

std::span<const OperationFactory> frontMatterFactories() {
  return {};
}

}  // namespace millrace::binding
