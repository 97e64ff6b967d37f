// Reads the completed options record of an operation: each field once, of the type that lib/ has
// made sure of. JS thread only; does not outlive the call.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "binding/napi.h"

namespace millrace::binding {

class OptionReader {
 public:
  explicit OptionReader(const Napi::Object& options) : options_(options) {}

  Napi::Env env() const { return options_.Env(); }
  Napi::Value value(const char* name) const { return options_.Get(name); }

  bool flag(const char* name) const { return value(name).As<Napi::Boolean>().Value(); }
  double number(const char* name) const { return value(name).As<Napi::Number>().DoubleValue(); }
  int64_t integer(const char* name) const { return value(name).As<Napi::Number>().Int64Value(); }

  /// A size or count. REQUIRES: it is not negative.
  uint64_t size(const char* name) const { return static_cast<uint64_t>(integer(name)); }

  std::string text(const char* name) const { return value(name).As<Napi::String>().Utf8Value(); }

  std::vector<std::string> texts(const char* name) const {
    const auto list = value(name).As<Napi::Array>();
    std::vector<std::string> strings;
    for (uint32_t i = 0; i < list.Length(); ++i) {
      strings.push_back(list.Get(i).As<Napi::String>().Utf8Value());
    }
    return strings;
  }

  /// The bytes of a Uint8Array; valid until JavaScript runs again.
  ByteView bytes(const char* name) const {
    const auto view = value(name).As<Napi::Uint8Array>();
    return {reinterpret_cast<const std::byte*>(view.Data()), view.ByteLength()};
  }

  /// The enumerator at the position that the option's text has in `names`.
  template <typename Enum, size_t N>
  Enum choice(const char* name, const std::array<const char*, N>& names) const {
    const auto found = std::find(names.begin(), names.end(), text(name));
    return static_cast<Enum>(found - names.begin());
  }

 private:
  Napi::Object options_;
};

}  // namespace millrace::binding
