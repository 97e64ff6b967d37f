#include "markup/markdown_html_text.h"

#include <algorithm>
#include <array>

#include "markup/markdown_characters.h"

namespace millrace::markdown {
namespace {

using CharacterSet = std::array<bool, 256>;

constexpr CharacterSet setOf(std::string_view characters) {
  CharacterSet set{};
  for (const char c : characters) set[static_cast<unsigned char>(c)] = true;
  return set;
}

constexpr CharacterSet urlCharacters() {
  CharacterSet set = setOf(";/?:@=+$,-_.!~*'()#");
  for (int c = 0; c < 128; ++c) {
    if (isAlphanumeric(static_cast<char>(c))) set[static_cast<size_t>(c)] = true;
  }
  return set;
}

constexpr CharacterSet kEscaped = setOf("&<>\"");
constexpr CharacterSet kUrlCharacters = urlCharacters();
constexpr size_t kLongestScheme = 10;

std::string_view referenceFor(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    default:
      return "&quot;";
  }
}

void appendUrlCharacter(std::string& target, std::string_view url, size_t at) {
  constexpr char kHex[] = "0123456789ABCDEF";
  const char c = url[at];
  if (c == '&') {
    target.append("&amp;");
  } else if (c == '%' && at + 2 < url.size() && isHexDigit(url[at + 1]) &&
             isHexDigit(url[at + 2])) {
    target += '%';
  } else {
    const auto byte = static_cast<unsigned char>(c);
    target += '%';
    target += kHex[byte >> 4];
    target += kHex[byte & 15];
  }
}

bool beginsIgnoringCase(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  for (size_t i = 0; i < lower.size(); ++i) {
    if (lowerOf(text[i]) != lower[i]) return false;
  }
  return true;
}

/// REQUIRES: html[at] == '<'.
bool isDisallowedTag(std::string_view html, size_t at) {
  size_t name = at + 1;
  if (name < html.size() && html[name] == '/') ++name;
  for (const std::string_view tag : {"title", "textarea", "style", "xmp", "iframe", "noembed",
                                     "noframes", "script", "plaintext"}) {
    const size_t end = name + tag.size();
    if (!beginsIgnoringCase(html.substr(std::min(name, html.size())), tag)) continue;
    if (end == html.size() || isAsciiSpace(html[end]) || html[end] == '>' || html[end] == '/') {
      return true;
    }
  }
  return false;
}

bool isImageData(std::string_view behindScheme) {
  for (const std::string_view type : {"image/png", "image/gif", "image/jpeg", "image/webp"}) {
    if (beginsIgnoringCase(behindScheme, type)) return true;
  }
  return false;
}

}  // namespace

void appendEscaped(std::string& target, std::string_view text) {
  size_t copied = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    if (!kEscaped[static_cast<unsigned char>(text[at])]) continue;
    target.append(text, copied, at - copied);
    target.append(referenceFor(text[at]));
    copied = at + 1;
  }
  target.append(text.substr(copied));
}

void appendUrl(std::string& target, std::string_view url) {
  size_t copied = 0;
  for (size_t at = 0; at < url.size(); ++at) {
    if (kUrlCharacters[static_cast<unsigned char>(url[at])]) continue;
    target.append(url, copied, at - copied);
    appendUrlCharacter(target, url, at);
    copied = at + 1;
  }
  target.append(url.substr(copied));
}

void appendFiltered(std::string& target, std::string_view html) {
  size_t copied = 0;
  for (size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at + 1)) {
    if (!isDisallowedTag(html, at)) continue;
    target.append(html, copied, at - copied).append("&lt;");
    copied = at + 1;
  }
  target.append(html.substr(copied));
}

/// Browsers skip white space and control characters within a scheme.
bool isSafeUrl(std::string_view url) {
  std::string scheme;
  size_t at = 0;
  for (; at < url.size() && url[at] != ':'; ++at) {
    if (static_cast<unsigned char>(url[at]) <= ' ' || url[at] == 127) continue;
    if (!isAlphanumeric(url[at]) && url[at] != '+' && url[at] != '-' && url[at] != '.') return true;
    if (scheme.size() > kLongestScheme) return true;
    scheme += lowerOf(url[at]);
  }
  if (at == url.size()) return true;
  if (scheme == "data") return isImageData(url.substr(at + 1));
  return scheme != "javascript" && scheme != "vbscript" && scheme != "file";
}

}  // namespace millrace::markdown
