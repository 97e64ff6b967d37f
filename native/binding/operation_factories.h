// The native operations by name, one table for each family. JS thread only.
#pragma once

#include <memory>
#include <span>

#include "binding/option_reader.h"
#include "operations/operation.h"

namespace millrace::binding {

/// Makes an operation from completed options. Throws Napi::Error for what lib/ cannot know.
struct OperationFactory {
  const char* name;
  std::shared_ptr<const Operation> (*make)(const OptionReader& options);
};

std::span<const OperationFactory> fileFactories();
std::span<const OperationFactory> digestFactories();
std::span<const OperationFactory> compressionFactories();
std::span<const OperationFactory> textFactories();
std::span<const OperationFactory> importsFactories();
std::span<const OperationFactory> frontMatterFactories();
std::span<const OperationFactory> markdownFactories();
std::span<const OperationFactory> jsonFactories();
std::span<const OperationFactory> similarityFactories();
std::span<const OperationFactory> ownFactories();

}  // namespace millrace::binding
