// Conversion of batches between JavaScript and the core. JS thread only.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "binding/completion.h"
#include "binding/napi.h"
#include "operations/batch.h"

namespace millrace::binding {

/// How many values a finished batch is handed over as; their order is BatchReceiver's in
/// types/native.d.ts.
inline constexpr size_t kResultValues = 10;

/// A batch out of (id, count, input, timeoutMs) for an operation. Null when `input` is a joined
/// string that does not split into `count` items (an item contains NUL): the caller then passes an
/// array.
std::shared_ptr<Batch> toBatch(const Napi::CallbackInfo& info, size_t firstArgument,
                               const Operation& operation);

/// The values the receiver is called with. Takes the results out of the batch. Throws Napi::Error
/// or std::bad_alloc when they cannot be handed over.
std::array<napi_value, kResultValues> toJsResult(Napi::Env env, const Completion& completion);

}  // namespace millrace::binding
