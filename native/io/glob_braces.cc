// Invariant: a group is a `{` with its matching `}` that has a comma of its own or is a range; any
// other brace is an ordinary character. The first group of a text is expanded, then the results,
// from a work list instead of by recursion, so that depth costs memory of ours and no stack.
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "io/glob.h"

namespace millrace {
namespace {

constexpr size_t kMaxExpandedBytes = 4 * 1024 * 1024;
constexpr size_t kMaxRangeBytes = 64;

struct Group {
  size_t open;
  size_t close;
  std::vector<std::string> choices;
};

std::optional<int64_t> numberIn(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  constexpr int64_t kLimit = int64_t{1} << 53;
  if (value > kLimit || value < -kLimit) return std::nullopt;
  return value;
}

bool isPadded(std::string_view number) {
  if (!number.empty() && number.front() == '-') number.remove_prefix(1);
  return number.size() > 1 && number.front() == '0';
}

std::string padded(int64_t value, size_t width) {
  std::string digits = std::to_string(value < 0 ? -value : value);
  const size_t signWidth = value < 0 ? 1 : 0;
  if (digits.size() + signWidth < width) digits.insert(0, width - signWidth - digits.size(), '0');
  return value < 0 ? "-" + digits : digits;
}

/// The texts of a range such as 1..3, 01..10..2 or a..e; empty when `body` is none.
std::vector<std::string> rangeIn(std::string_view body, size_t maxCount) {
  const size_t dots = body.find("..");
  if (dots == std::string_view::npos) return {};
  const std::string_view from = body.substr(0, dots);
  std::string_view to = body.substr(dots + 2);
  int64_t step = 1;
  if (const size_t more = to.find(".."); more != std::string_view::npos) {
    const std::optional<int64_t> given = numberIn(to.substr(more + 2));
    if (!given) return {};
    step = std::max<int64_t>(1, std::abs(*given));
    to = to.substr(0, more);
  }
  const bool letters = from.size() == 1 && to.size() == 1 &&
                       std::isalpha(static_cast<unsigned char>(from[0])) &&
                       std::isalpha(static_cast<unsigned char>(to[0]));
  const std::optional<int64_t> first = letters ? from[0] : numberIn(from);
  const std::optional<int64_t> last = letters ? to[0] : numberIn(to);
  if (!first || !last) return {};
  const size_t width =
      !letters && (isPadded(from) || isPadded(to)) ? std::max(from.size(), to.size()) : 0;
  std::vector<std::string> texts;
  const int64_t direction = *first <= *last ? step : -step;
  for (int64_t value = *first; direction > 0 ? value <= *last : value >= *last;
       value += direction) {
    texts.push_back(letters ? std::string(1, static_cast<char>(value)) : padded(value, width));
    if (texts.size() > maxCount) break;  // the caller refuses it
  }
  return texts;
}

/// What stands between the delimiters that follow `open`, the last of which closes the group.
std::vector<std::string> choicesOf(std::string_view text, size_t open,
                                   const std::vector<size_t>& delimiters, size_t maxCount) {
  if (delimiters.size() == 1) {
    const std::string_view body = text.substr(open + 1, delimiters[0] - open - 1);
    return body.size() <= kMaxRangeBytes ? rangeIn(body, maxCount) : std::vector<std::string>();
  }
  std::vector<std::string> choices;
  size_t begin = open + 1;
  for (const size_t end : delimiters) {
    choices.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return choices;
}

/// The group that opens first, found in one pass.
std::optional<Group> firstGroup(std::string_view text, size_t maxCount) {
  struct Open {
    size_t at;
    std::vector<size_t> delimiters;
  };
  std::vector<Open> nesting;
  std::optional<Open> first;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '{') {
      nesting.push_back({at, {}});
    } else if (!nesting.empty() && (text[at] == ',' || text[at] == '}')) {
      nesting.back().delimiters.push_back(at);
      if (text[at] == ',') continue;
      Open closed = std::move(nesting.back());
      nesting.pop_back();
      // An inner group closes before the one around it, which then takes its place.
      if (first && first->at < closed.at) continue;
      if (choicesOf(text, closed.at, closed.delimiters, maxCount).empty()) continue;
      first = std::move(closed);
    }
  }
  if (!first) return std::nullopt;
  return Group{first->at, first->delimiters.back(),
               choicesOf(text, first->at, first->delimiters, maxCount)};
}

}  // namespace

Result<std::vector<std::string>> expandBraces(std::string_view pattern, size_t maxCount) {
  const auto tooMany = [&] {
    return Error::of(ErrorCode::kInvalidArgument, "the pattern expands to more than " +
                                                      std::to_string(maxCount) + " alternatives");
  };
  std::vector<std::string> expanded;
  std::vector<std::string> pending{std::string(pattern)};
  size_t bytes = pattern.size();
  while (!pending.empty()) {
    const std::string text = std::move(pending.back());
    pending.pop_back();
    std::optional<Group> group = firstGroup(text, maxCount);
    if (!group) {
      expanded.push_back(text);
      continue;
    }
    // Reversed, because the last one pushed is expanded first and order is part of the result.
    for (size_t i = group->choices.size(); i-- > 0;) {
      pending.push_back(text.substr(0, group->open) + group->choices[i] +
                        text.substr(group->close + 1));
      bytes += pending.back().size();
    }
    if (expanded.size() + pending.size() > maxCount || bytes > kMaxExpandedBytes) return tooMany();
  }
  return expanded;
}

}  // namespace millrace
