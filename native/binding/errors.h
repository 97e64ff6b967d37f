// Turns core errors into what JavaScript sees. JS thread only.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "binding/napi.h"
#include "operations/batch.h"

namespace millrace::binding {

/// An Error object with `code`; lib/errors.js gives it its class.
Napi::Error toJsError(Napi::Env env, const Error& error);

/// A JSON array of [index, code, errno, syscall, message], one entry for each failed item.
std::string toJson(const std::vector<ItemError>& errors);

}  // namespace millrace::binding
