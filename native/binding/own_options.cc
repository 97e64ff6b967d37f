#include <array>

#include "binding/errors.h"
#include "binding/operation_factories.h"
#include "operations/own_operation.h"

namespace millrace::binding {
namespace {

/// `ownLibrary`, `ownOperation`: numbers from ownOpen(); `given`: the options as JSON text.
std::shared_ptr<const Operation> makeOwn(const OptionReader& options) {
  const OwnLibrary& library =
      OwnLibrary::numbered(static_cast<uint32_t>(options.size("ownLibrary")));
  auto made =
      OwnOperation::make(library.operation(options.size("ownOperation")), options.text("given"));
  if (!made) throw toJsError(options.env(), made.error());
  return std::move(made).value();
}

constexpr std::array<OperationFactory, 1> kFactories = {{{"own", makeOwn}}};

}  // namespace

std::span<const OperationFactory> ownFactories() {
  return kFactories;
}

}  // namespace millrace::binding
