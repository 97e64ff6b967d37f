// A shared library with operations of somebody else's (native/include/millrace/operation.h):
// loaded, checked once, and never unloaded, since its threads and results may outlive whoever asked
// for it. Thread safe; all libraries of the process live in one list for ever.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "millrace/operation.h"

namespace millrace {

class OwnLibrary {
 public:
  /// Loads the library at `path`, or finds it again. kSystem when there is no such file;
  /// kUnsupported when it is no library that can be loaded here; kAbiMismatch when it is one, but
  /// not for this interface, or describes what the interface does not allow.
  static Result<const OwnLibrary*> open(std::string_view path);

  /// One that open() has returned before. REQUIRES: number() of such a one.
  static const OwnLibrary& numbered(uint32_t number);

  uint32_t number() const { return number_; }
  size_t size() const { return description_->operation_count; }
  const millrace_operation& operation(size_t i) const { return description_->operations[i]; }

  /// As JSON text: { version, operations: [{ name, input, parts, passesOn, blocking, fields: [{
  /// name, kind }] }] }, with the numbers of operation.h.
  std::string toJson() const;

  /// Made by open() only.
  OwnLibrary(uint32_t number, const millrace_library* description)
      : number_(number), description_(description) {}

 private:
  const uint32_t number_;
  const millrace_library* const description_;
};

/// Whether the interface allows what a library describes: nothing, or what is wrong.
Result<void> checkOwnLibrary(const millrace_library* library);

}  // namespace millrace
