// Text as HTML wants it: escaped or as a URL. Pure functions, thread
// safe.
#pragma once

#include <string>
#include <string_view>

namespace millrace::markdown {

/// Appends with & < > " as character references.
void appendEscaped(std::string& target, std::string_view text);

/// Appends for an href or src: percent-encoded but for what URLs are made of, & escaped.
void appendUrl(std::string& target, std::string_view url);

/// Appends raw HTML with the tags disarmed that GitHub does not let through.
void appendFiltered(std::string& target, std::string_view html);

/// False for schemes that run script or reach into the file system, and for data that is no image.
bool isSafeUrl(std::string_view url);

}  // namespace millrace::markdown
