// Invariants after normalize(): ranges are sorted, disjoint and do not touch.
#include "text/character_set.h"

#include <algorithm>

namespace millrace {
namespace {

constexpr uint32_t kFirstSurrogate = 0xd800;
constexpr uint32_t kLastSurrogate = 0xdfff;

}  // namespace

void CharacterSet::add(uint32_t first, uint32_t last) {
  if (first < kFirstSurrogate) {
    ranges_.emplace_back(first, std::min(last, kFirstSurrogate - 1));
  }
  if (last > kLastSurrogate) ranges_.emplace_back(std::max(first, kLastSurrogate + 1), last);
  // Between the two lies nothing to add. An empty range arises from neither test.
}

void CharacterSet::addAll(const CharacterSet& other) {
  ranges_.insert(ranges_.end(), other.ranges_.begin(), other.ranges_.end());
}

void CharacterSet::normalize() {
  std::sort(ranges_.begin(), ranges_.end());
  size_t kept = 0;
  for (const Range& range : ranges_) {
    if (kept > 0 && range.first <= ranges_[kept - 1].second + 1) {
      ranges_[kept - 1].second = std::max(ranges_[kept - 1].second, range.second);
    } else {
      ranges_[kept++] = range;
    }
  }
  ranges_.resize(kept);
}

bool CharacterSet::contains(uint32_t character) const {
  const auto after = std::upper_bound(ranges_.begin(), ranges_.end(), Range{character, UINT32_MAX});
  return after != ranges_.begin() && std::prev(after)->second >= character;
}

CharacterSet CharacterSet::complement() const {
  CharacterSet rest;
  uint32_t next = 0;
  for (const Range& range : ranges_) {
    if (range.first > next) rest.add(next, range.first - 1);
    next = range.second + 1;
  }
  if (next <= kMaxCharacter) rest.add(next, kMaxCharacter);
  rest.normalize();
  return rest;
}

uint64_t CharacterSet::size() const {
  uint64_t size = 0;
  for (const Range& range : ranges_) size += uint64_t{range.second} - range.first + 1;
  return size;
}

CharacterSet digits() {
  return CharacterSet({{'0', '9'}});
}

CharacterSet wordCharacters() {
  return CharacterSet({{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}});
}

CharacterSet whiteSpace() {
  return CharacterSet({{'\t', '\r'},
                       {' ', ' '},
                       {0xa0, 0xa0},
                       {0x1680, 0x1680},
                       {0x2000, 0x200a},
                       {0x2028, 0x2029},
                       {0x202f, 0x202f},
                       {0x205f, 0x205f},
                       {0x3000, 0x3000},
                       {0xfeff, 0xfeff}});
}

CharacterSet lineEnds() {
  return CharacterSet({{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}});
}

}  // namespace millrace
