// Result<T>: a value or an Error. The core reports every failure this way; it never prints, never
// aborts and throws only what the standard library throws (std::bad_alloc).
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "base/error_code.h"

namespace millrace {

/// Why something failed. `sysErrno` and `syscall` are set for kSystem only; `message` adds what the
/// code alone does not say (an offset, an expected value) and may be empty.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  int sysErrno = 0;
  const char* syscall = "";
  std::string message;

  static Error system(int sysErrno, const char* syscall) {
    return Error{ErrorCode::kSystem, sysErrno, syscall, {}};
  }
  static Error of(ErrorCode code, std::string message = {}) {
    return Error{code, 0, "", std::move(message)};
  }
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(*-explicit-*)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(*-explicit-*)

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  /// REQUIRES: ok().
  T& value() & { return *std::get_if<0>(&state_); }
  const T& value() const& { return *std::get_if<0>(&state_); }
  T&& value() && { return std::move(*std::get_if<0>(&state_)); }

  /// REQUIRES: !ok().
  const Error& error() const& { return *std::get_if<1>(&state_); }
  Error&& error() && { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}  // NOLINT(*-explicit-*)

  bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }

  /// REQUIRES: !ok().
  const Error& error() const& { return error_; }
  Error&& error() && { return std::move(error_); }

 private:
  Error error_;
  bool ok_ = true;
};

}  // namespace millrace
