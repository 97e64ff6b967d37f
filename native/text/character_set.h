// A set of Unicode scalar values, and those that JavaScript's regular expressions name. Plain
// value.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace millrace {

inline constexpr uint32_t kMaxCharacter = 0x10ffff;

class CharacterSet {
 public:
  using Range = std::pair<uint32_t, uint32_t>;

  CharacterSet() = default;
  explicit CharacterSet(std::vector<Range> ranges) : ranges_(std::move(ranges)) {}

  /// Adds all from `first` to `last`. Surrogates are left out: no text in UTF-8 contains one.
  void add(uint32_t first, uint32_t last);
  void addAll(const CharacterSet& other);

  /// Sorts and joins the ranges. The functions below, and whoever reads ranges(), need this done.
  void normalize();

  bool contains(uint32_t character) const;
  CharacterSet complement() const;
  const std::vector<Range>& ranges() const { return ranges_; }
  bool empty() const { return ranges_.empty(); }

  /// Characters in the set.
  uint64_t size() const;

 private:
  std::vector<Range> ranges_;
};

/// `\d`; `\w`; what `\s` and `trim()` take for white space; what ends a line for `.` and, with the
/// flag m, for `^` and `$`. All normalized.
CharacterSet digits();
CharacterSet wordCharacters();
CharacterSet whiteSpace();
CharacterSet lineEnds();

}  // namespace millrace
