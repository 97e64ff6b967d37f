// The value of a JavaScript string or template literal without substitutions. Pure functions,
// thread safe. Private to the import scanner.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace millrace::imports {

/// Appends what `literal`, the text between the quotes, stands for, as valid UTF-8: ill-formed
/// bytes and lone surrogates become U+FFFD. Octal escapes are taken as in sloppy mode. False when
/// an escape is malformed; what was appended is then to be dropped.
bool appendLiteral(std::string_view literal, std::string& text);

}  // namespace millrace::imports
