// Reads an operation's completed options record once and makes the operation. JS thread only.
#pragma once

#include <memory>
#include <string>

#include "binding/napi.h"
#include "operations/operation.h"

namespace millrace::binding {

/// Throws a TypeError for a name that is no operation. lib/ has validated and completed `options`.
std::shared_ptr<const Operation> makeOperation(Napi::Env env, const std::string& name,
                                               const Napi::Object& options);

}  // namespace millrace::binding
