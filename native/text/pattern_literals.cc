// Invariants: a list of prefixes covers every match of its node, in the order in which the node
// prefers them; an element that is not `whole` may be followed by anything. Lists stay below
// kMaxLiterals.
#include "text/pattern_literals.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "text/utf8.h"

namespace millrace {
namespace {

using Kind = PatternNode::Kind;

constexpr size_t kMaxLiterals = 48;
constexpr size_t kMaxLiteralBytes = 64;
constexpr uint64_t kMaxSetSize = 12;
constexpr uint32_t kMaxUnrolled = 8;
/// Parts of a sequence at which literals are looked for: a pattern may be long.
constexpr size_t kMaxParts = 256;

struct Prefix {
  std::string bytes;
  bool whole;

  bool operator==(const Prefix&) const = default;
};
using Prefixes = std::vector<Prefix>;

const Prefixes kAnything = {{"", false}};
const Prefixes kNothing = {{"", true}};

void cut(Prefixes& prefixes) {
  for (Prefix& each : prefixes) each.whole = false;
}

size_t shortest(const Prefixes& prefixes) {
  size_t size = kMaxLiteralBytes;
  for (const Prefix& each : prefixes) size = std::min(size, each.bytes.size());
  return prefixes.empty() ? 0 : size;
}

/// Whether single bytes are seldom enough in text and source code to be looked for.
bool areSeldom(const Prefixes& prefixes) {
  return std::all_of(prefixes.begin(), prefixes.end(), [](const Prefix& each) {
    return std::string_view("@#$%^&~\\`|!?").find(each.bytes[0]) != std::string_view::npos;
  });
}

/// More is better; 0 is useless. Long literals are rare in the text, few are cheap to look for.
size_t worthOf(const Prefixes& prefixes) {
  const size_t size = shortest(prefixes);
  const bool useless = size == 0 || (size == 1 && !areSeldom(prefixes));
  return useless ? 0 : std::min<size_t>(size, 8) * 64 + (kMaxLiterals - prefixes.size());
}

class LiteralReader {
 public:
  explicit LiteralReader(const PatternFlags& flags) : fold_(flags.ignoreCase) {}

  Prefixes prefixesOf(const PatternNode& node) const {
    switch (node.kind) {
      case Kind::kCharacter:
        return ofCharacter(node.character);
      case Kind::kSet:
        return ofSet(node);
      case Kind::kConcat:
        return ofSequence(node, 0);
      case Kind::kAlternation:
        return ofAlternation(node);
      case Kind::kRepeat:
        return ofRepeat(node);
      case Kind::kCapture:
        return prefixesOf(node.children[0]);
      default:
        return kNothing;
    }
  }

  /// The best literals of which each match contains one; empty for none.
  Prefixes requiredBy(const PatternNode& node) const {
    Prefixes best = prefixesOf(node);
    const auto consider = [&](Prefixes other) {
      if (worthOf(other) > worthOf(best)) best = std::move(other);
    };
    switch (node.kind) {
      case Kind::kConcat:
        for (size_t i = 0; i < std::min(node.children.size(), kMaxParts); ++i) {
          if (i > 0) consider(ofSequence(node, i));
          if (!node.children[i].children.empty()) consider(requiredBy(node.children[i]));
        }
        break;
      case Kind::kAlternation:
        consider(requiredByEach(node));
        break;
      case Kind::kRepeat:
        if (node.min > 0) consider(requiredBy(node.children[0]));
        break;
      case Kind::kCapture:
        consider(requiredBy(node.children[0]));
        break;
      default:
        break;
    }
    return best;
  }

 private:
  Prefixes ofCharacter(uint32_t character) const {
    if (fold_ && character >= 0x80) return kAnything;
    if (fold_ && character >= 'A' && character <= 'Z') character += 0x20;
    Prefix prefix{"", true};
    appendUtf8(prefix.bytes, character);
    return {prefix};
  }

  Prefixes ofSet(const PatternNode& node) const {
    if (node.negated || node.set.empty() || node.set.size() > kMaxSetSize) return kAnything;
    Prefixes prefixes;
    for (const auto& [first, last] : node.set.ranges()) {
      for (uint32_t character = first; character <= last; ++character) {
        const Prefix prefix = ofCharacter(character)[0];
        if (!prefix.whole) return kAnything;
        if (std::find(prefixes.begin(), prefixes.end(), prefix) == prefixes.end()) {
          prefixes.push_back(prefix);
        }
      }
    }
    return prefixes;
  }

  /// What `next` follows: every whole element of `before` is continued.
  static Prefixes followed(const Prefixes& before, const Prefixes& next) {
    Prefixes result;
    for (const Prefix& head : before) {
      if (!head.whole) {
        result.push_back(head);
        continue;
      }
      for (const Prefix& tail : next) result.push_back({head.bytes + tail.bytes, tail.whole});
    }
    return result;
  }

  static bool grows(const Prefixes& prefixes) {
    return std::any_of(prefixes.begin(), prefixes.end(), [](const Prefix& each) {
      return each.whole && each.bytes.size() < kMaxLiteralBytes;
    });
  }

  /// Adds one more part to `prefixes`, or ends them. False when nothing more can follow.
  static bool append(Prefixes& prefixes, const Prefixes& next) {
    if (prefixes.size() * next.size() > kMaxLiterals || !grows(prefixes)) {
      cut(prefixes);
      return false;
    }
    prefixes = followed(prefixes, next);
    return true;
  }

  Prefixes ofSequence(const PatternNode& node, size_t from) const {
    Prefixes prefixes = kNothing;
    for (size_t i = from; i < node.children.size(); ++i) {
      if (!append(prefixes, prefixesOf(node.children[i]))) break;
    }
    return prefixes;
  }

  Prefixes ofAlternation(const PatternNode& node) const {
    Prefixes all;
    for (const PatternNode& child : node.children) {
      for (Prefix& each : prefixesOf(child)) all.push_back(std::move(each));
      if (all.size() > kMaxLiterals) return kAnything;
    }
    return all;
  }

  Prefixes ofRepeat(const PatternNode& node) const {
    if (node.max == 0) return kNothing;
    const Prefixes body = prefixesOf(node.children[0]);
    Prefixes prefixes = kNothing;
    if (node.min == 0) {
      prefixes = body;
      if (node.max > 1) cut(prefixes);
      prefixes.insert(node.lazy ? prefixes.begin() : prefixes.end(), kNothing[0]);
      return prefixes.size() > kMaxLiterals ? kAnything : prefixes;
    }
    const uint32_t unrolled = std::min(node.min, kMaxUnrolled);
    for (uint32_t i = 0; i < unrolled; ++i) {
      if (!append(prefixes, body)) break;
    }
    if (node.max > unrolled) cut(prefixes);
    return prefixes;
  }

  Prefixes requiredByEach(const PatternNode& node) const {
    Prefixes all;
    for (const PatternNode& child : node.children) {
      const Prefixes required = requiredBy(child);
      if (worthOf(required) == 0 || all.size() + required.size() > kMaxLiterals) return {};
      all.insert(all.end(), required.begin(), required.end());
    }
    return all;
  }

  const bool fold_;
};

bool hasAssertion(const PatternNode& node) {
  switch (node.kind) {
    case Kind::kTextBegin:
    case Kind::kTextEnd:
    case Kind::kLineBegin:
    case Kind::kLineEnd:
    case Kind::kWordBoundary:
    case Kind::kNotWordBoundary:
      return true;
    default:
      return std::any_of(node.children.begin(), node.children.end(), hasAssertion);
  }
}

/// Whether `literal` is only where another of the literals is too.
bool isCovered(const Prefix& literal, const Prefixes& all, PatternLiterals::Use use) {
  return std::any_of(all.begin(), all.end(), [&](const Prefix& other) {
    if (other.bytes.size() >= literal.bytes.size()) return false;
    return use == PatternLiterals::Use::kPrefix
               ? literal.bytes.starts_with(other.bytes)
               : literal.bytes.find(other.bytes) != std::string::npos;
  });
}

void keep(PatternLiterals& result, PatternLiterals::Use use, const Prefixes& prefixes,
          const PatternFlags& flags) {
  result.use = use;
  std::vector<std::string>& kept = result.literals;
  for (const Prefix& each : prefixes) {
    if (use != PatternLiterals::Use::kWhole && isCovered(each, prefixes, use)) continue;
    if (std::find(kept.begin(), kept.end(), each.bytes) == kept.end()) kept.push_back(each.bytes);
    if (flags.ignoreCase && flags.unicode) {
      result.foldsBeyondAscii |= each.bytes.find_first_of("ks") != std::string::npos;
    }
  }
}

/// The pattern without `\b` at its ends, which are looked at apart.
PatternNode withoutBoundaries(const PatternNode& root, PatternLiterals& result) {
  PatternNode inside = root;
  if (root.kind != Kind::kConcat) return inside;
  auto& children = inside.children;
  if (children.front().kind == Kind::kWordBoundary) {
    result.boundaryBefore = true;
    children.erase(children.begin());
  }
  if (!children.empty() && children.back().kind == Kind::kWordBoundary) {
    result.boundaryBehind = true;
    children.pop_back();
  }
  return inside;
}

}  // namespace

PatternLiterals literalsOf(const PatternNode& root, const PatternFlags& flags) {
  using Use = PatternLiterals::Use;
  PatternLiterals result;
  result.foldsAscii = flags.ignoreCase;
  const PatternNode inside = withoutBoundaries(root, result);
  const LiteralReader reader(flags);
  const Prefixes prefixes = reader.prefixesOf(inside);
  const bool whole =
      std::all_of(prefixes.begin(), prefixes.end(), [](const Prefix& each) { return each.whole; });
  if (whole && shortest(prefixes) > 0 && !hasAssertion(inside)) {
    keep(result, Use::kWhole, prefixes, flags);
    return result;
  }
  const Prefixes required = reader.requiredBy(inside);
  const bool atStart = shortest(prefixes) >= 3 ||
                       (worthOf(prefixes) > 0 && shortest(required) < shortest(prefixes) + 2);
  if (atStart) {
    keep(result, Use::kPrefix, prefixes, flags);
  } else if (worthOf(required) > 0) {
    keep(result, Use::kInner, required, flags);
  }
  return result;
}

}  // namespace millrace
