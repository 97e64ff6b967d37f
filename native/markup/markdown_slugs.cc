#include "markup/markdown_slugs.h"

#include <utility>

#include "markup/markdown_characters.h"

namespace millrace::markdown {
namespace {

constexpr uint32_t kSigma = 0x3A3;
constexpr uint32_t kFinalSigma = 0x3C2;

bool isWordCharacter(uint32_t character) {
  return isSlugCharacter(character) && character != '_' && (character > '9' || character < '0');
}

std::string slugOf(std::string_view heading) {
  std::string lower;
  uint32_t before = 0;
  for (size_t at = 0; at < heading.size();) {
    const uint32_t character = characterAt(heading, at, at);
    if (character == kSigma && isWordCharacter(before)) {
      size_t ignored = 0;
      const bool ends = at == heading.size() || !isWordCharacter(characterAt(heading, at, ignored));
      appendLower(lower, ends ? kFinalSigma : kSigma);
    } else {
      appendLower(lower, character);
    }
    before = character;
  }
  std::string slug;
  for (size_t at = 0; at < lower.size();) {
    const size_t begin = at;
    const uint32_t character = characterAt(lower, at, at);
    if (character == ' ') {
      slug += '-';
    } else if (character == '-' || isSlugCharacter(character)) {
      slug.append(lower, begin, at - begin);
    }
  }
  return slug;
}

}  // namespace

std::string Slugs::next(std::string_view heading) {
  const std::string base = slugOf(heading);
  std::string slug = base;
  while (given_.contains(slug)) slug = base + '-' + std::to_string(++given_[base]);
  given_.emplace(slug, 0);
  return slug;
}

}  // namespace millrace::markdown
