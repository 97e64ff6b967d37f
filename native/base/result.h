// Result<T>: a value or an Error. The core reports every failure this way; it never prints, never
// aborts and throws only what the standard library throws (std::bad_alloc).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/error_code.h"

namespace millrace {

/// Where in a text: `offset` in bytes from 0; `line` and `column` from 1, the column in code
/// points.
struct TextPosition {
  uint64_t offset = 0;
  uint64_t line = 1;
  uint64_t column = 1;

  bool operator==(const TextPosition&) const = default;
};

/// Why something failed. `sysErrno` and `syscall` are set for kSystem only; `message` adds what the
/// code alone does not say (an expected value) and may be empty; `position` is where in the input.
/// `stage` is the number of the pipe's stage that failed; -1 outside of pipes.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  int sysErrno = 0;
  const char* syscall = "";
  std::string message = {};
  std::optional<TextPosition> position = std::nullopt;
  int stage = -1;

  static Error system(int sysErrno, const char* syscall) {
    return Error{ErrorCode::kSystem, sysErrno, syscall};
  }
  static Error of(ErrorCode code, std::string message = {}) {
    return Error{code, 0, "", std::move(message)};
  }
  static Error at(ErrorCode code, std::string message, const TextPosition& position) {
    return Error{code, 0, "", std::move(message), position};
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
