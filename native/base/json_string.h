// JSON's strings. Pure functions, thread safe.
#pragma once

#include <string>
#include <string_view>

namespace millrace {

/// Appends `text` as a JSON string with its quotes. Bytes from 0x80 on stay as they are, so that
/// valid UTF-8 makes valid JSON.
void appendJsonString(std::string& out, std::string_view text);

}  // namespace millrace
