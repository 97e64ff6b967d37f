// Turns core errors into what JavaScript sees. JS thread only.
#pragma once

#include <exception>
#include <new>
#include <string>
#include <type_traits>
#include <vector>

#include "base/result.h"
#include "binding/napi.h"
#include "operations/batch.h"

namespace millrace::binding {

/// An Error object with `code`; lib/errors.js gives it its class.
Napi::Error toJsError(Napi::Env env, const Error& error);

/// A function of the addon: what the standard library throws becomes an Error object with `code`,
/// where node-addon-api would let it end the process.
template <auto kFunction>
Napi::Value guarded(const Napi::CallbackInfo& info) {
  try {
    if constexpr (std::is_void_v<decltype(kFunction(info))>) {
      kFunction(info);
      return info.Env().Undefined();
    } else {
      return kFunction(info);
    }
  } catch (const Napi::Error&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw toJsError(info.Env(), Error::of(ErrorCode::kOutOfMemory));
  } catch (const std::exception& caught) {
    throw toJsError(info.Env(), Error::of(ErrorCode::kInternal, caught.what()));
  }
}

/// A JSON array of [index, code, errno, syscall, message, stage, offset, line, column], one entry
/// for each failed item; what is not known at the end is left out.
std::string toJson(const std::vector<ItemError>& errors);

}  // namespace millrace::binding
