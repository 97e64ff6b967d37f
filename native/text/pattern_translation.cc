// Invariants: every emitted piece is one RE2 atom that carries its own flags, so that pieces can be
// put side by side; characters are written as numbers unless they are letters, digits or '_'.
#include "text/pattern_translation.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace millrace {
namespace {

using Kind = PatternNode::Kind;

bool isAsciiLetter(uint32_t character) {
  return (character | 0x20) >= 'a' && (character | 0x20) <= 'z' && character < 0x80;
}

void emitCharacter(std::string& out, uint32_t character) {
  if (isAsciiLetter(character) || (character >= '0' && character <= '9') || character == '_') {
    out.push_back(static_cast<char>(character));
    return;
  }
  std::array<char, 8> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), character, 16).ptr;
  out.append("\\x{").append(digits.data(), end).append("}");
}

/// The ASCII part closed under case, which is all that folding does to it without the flag u.
CharacterSet closedUnderAsciiCase(const CharacterSet& set) {
  CharacterSet closed = set;
  for (uint32_t letter = 'a'; letter <= 'z'; ++letter) {
    if (set.contains(letter)) closed.add(letter - 0x20, letter - 0x20);
    if (set.contains(letter - 0x20)) closed.add(letter, letter);
  }
  closed.normalize();
  return closed;
}

/// Whether all of the set is white space, which has no case.
bool isSpace(const CharacterSet& set) {
  const CharacterSet space = whiteSpace();
  return std::all_of(
      set.ranges().begin(), set.ranges().end(), [&](const CharacterSet::Range& range) {
        for (uint32_t character = range.first; character <= range.second; ++character) {
          if (!space.contains(character)) return false;
        }
        return true;
      });
}

void emitRanges(std::string& out, const CharacterSet& set, bool negated) {
  out += negated ? "[^" : "[";
  for (const auto& [first, last] : set.ranges()) {
    emitCharacter(out, first);
    if (last == first) continue;
    out += '-';
    emitCharacter(out, last);
  }
  out += ']';
}

class Emitter {
 public:
  explicit Emitter(const PatternFlags& flags) : flags_(flags) {}

  std::string take() { return std::move(out_); }

  void emit(const PatternNode& node) {
    switch (node.kind) {
      case Kind::kEmpty:
        out_ += "(?:)";
        break;
      case Kind::kCharacter:
        emitLiteral(node.character);
        break;
      case Kind::kSet:
        emitSet(node);
        break;
      case Kind::kTextBegin:
        out_ += "\\A";
        break;
      case Kind::kTextEnd:
        out_ += "\\z";
        break;
      case Kind::kLineBegin:
        out_ += "(?m:^)";
        break;
      case Kind::kLineEnd:
        out_ += "(?m:$)";
        break;
      case Kind::kWordBoundary:
        out_ += "\\b";
        break;
      case Kind::kNotWordBoundary:
        out_ += "\\B";
        break;
      case Kind::kConcat:
        for (const PatternNode& child : node.children) emitAtom(child);
        break;
      case Kind::kAlternation:
        emitAlternation(node);
        break;
      case Kind::kRepeat:
        emitRepeat(node);
        break;
      case Kind::kCapture:
        out_ += '(';
        emit(node.children[0]);
        out_ += ')';
        break;
    }
  }

 private:
  /// A child of a sequence or repetition: grouped where it would fall apart.
  void emitAtom(const PatternNode& node) {
    const bool loose = node.kind == Kind::kConcat || node.kind == Kind::kAlternation;
    if (loose) out_ += "(?:";
    emit(node);
    if (loose) out_ += ')';
  }

  void emitLiteral(uint32_t character) {
    if (!flags_.ignoreCase) return emitCharacter(out_, character);
    if (isAsciiLetter(character)) {
      CharacterSet set({{character, character}});
      set = closedUnderAsciiCase(set);
      // U+017F and U+212A fold to s and k, but only with the flag u.
      if (flags_.unicode && (character | 0x20) == 's') set.add(0x17f, 0x17f);
      if (flags_.unicode && (character | 0x20) == 'k') set.add(0x212a, 0x212a);
      return emitRanges(out_, set, false);
    }
    // Nor do these two fold to ASCII letters without the flag.
    const bool alone = !flags_.unicode && (character == 0x17f || character == 0x212a);
    if (character < 0x80 || alone) return emitCharacter(out_, character);
    out_ += "(?i:";
    emitCharacter(out_, character);
    out_ += ')';
  }

  void emitSet(const PatternNode& node) {
    if (node.set.empty()) {
      out_ += node.negated ? "(?s:.)" : "[^\\x{0}-\\x{10ffff}]";
      return;
    }
    if (!flags_.ignoreCase) return emitRanges(out_, node.set, node.negated);
    if (!flags_.unicode && emitPlainFolding(node)) return;
    out_ += "(?i:";
    emitRanges(out_, node.set, node.negated);
    out_ += ')';
  }

  /// Without the flag u ASCII letters fold to ASCII letters only, which RE2 has to be kept from.
  /// False for the one kind of set where that cannot be said: negated, with letters beyond ASCII.
  bool emitPlainFolding(const PatternNode& node) {
    CharacterSet ascii;
    CharacterSet foldsToAscii;
    CharacterSet rest;
    for (const auto& [first, last] : node.set.ranges()) {
      if (first < 0x80) ascii.add(first, std::min(last, 0x7fu));
      uint32_t from = std::max(first, 0x80u);
      for (const uint32_t character : {0x17fu, 0x212au}) {
        if (character < from || character > last) continue;
        foldsToAscii.add(character, character);
        if (character > from) rest.add(from, character - 1);
        from = character + 1;
      }
      if (from <= last) rest.add(from, last);
    }
    ascii.normalize();
    ascii = closedUnderAsciiCase(ascii);
    if (isSpace(rest) && foldsToAscii.empty()) {
      ascii.addAll(rest);
      ascii.normalize();
      emitRanges(out_, ascii, node.negated);
      return true;
    }
    if (node.negated) return false;
    ascii.addAll(foldsToAscii);
    ascii.normalize();
    out_ += "(?:";
    if (!ascii.empty()) emitRanges(out_, ascii, false);
    if (!rest.empty()) {
      if (!ascii.empty()) out_ += '|';
      out_ += "(?i:";
      emitRanges(out_, rest, false);
      out_ += ')';
    }
    out_ += ')';
    return true;
  }

  void emitAlternation(const PatternNode& node) {
    for (size_t i = 0; i < node.children.size(); ++i) {
      if (i > 0) out_ += '|';
      emitAtom(node.children[i]);
    }
  }

  void emitRepeat(const PatternNode& node) {
    out_ += "(?:";
    emit(node.children[0]);
    out_ += ')';
    if (node.max == PatternNode::kUnbounded && node.min <= 1) {
      out_ += node.min == 0 ? '*' : '+';
    } else if (node.min == 0 && node.max == 1) {
      out_ += '?';
    } else {
      out_ += '{' + std::to_string(node.min) + ',';
      if (node.max != PatternNode::kUnbounded) out_ += std::to_string(node.max);
      out_ += '}';
    }
    if (node.lazy) out_ += '?';
  }

  const PatternFlags flags_;
  std::string out_;
};

/// What is known of a subtree.
struct Shape {
  bool nullable = false;          // may match nothing
  bool prefersNothing = false;    // may match nothing before something else has been tried
  bool captures = false;          // contains a group
  bool optionalCaptures = false;  // contains a group that need not take part
};

class TraitsReader {
 public:
  PatternTraits read(const PatternNode& root) {
    traits_.bounded = true;
    traits_.matchesEmpty = shapeOf(root).nullable;
    return traits_;
  }

 private:
  Shape shapeOf(const PatternNode& node) {
    switch (node.kind) {
      case Kind::kCharacter:
        noteCharacters(node.character == '\n', node.character == '\r');
        return {};
      case Kind::kSet:
        noteCharacters(node.set.contains('\n') != node.negated,
                       node.set.contains('\r') != node.negated);
        return {};
      case Kind::kConcat:
        return concatShape(node);
      case Kind::kAlternation:
        return alternationShape(node);
      case Kind::kRepeat:
        return repeatShape(node);
      case Kind::kCapture: {
        Shape shape = shapeOf(node.children[0]);
        shape.captures = true;
        return shape;
      }
      case Kind::kLineBegin:
      case Kind::kLineEnd:
        traits_.lineAnchors = true;
        break;
      default:
        break;
    }
    Shape nothing;
    nothing.nullable = true;
    return nothing;
  }

  void noteCharacters(bool lf, bool cr) {
    traits_.matchesLf |= lf;
    traits_.tellsCrFromLf |= lf != cr;
  }

  Shape concatShape(const PatternNode& node) {
    Shape whole;
    whole.nullable = true;
    for (const PatternNode& child : node.children) {
      const Shape shape = shapeOf(child);
      whole.nullable &= shape.nullable;
      whole.prefersNothing |= shape.prefersNothing;
      whole.captures |= shape.captures;
      whole.optionalCaptures |= shape.optionalCaptures;
    }
    whole.prefersNothing &= whole.nullable;
    return whole;
  }

  Shape alternationShape(const PatternNode& node) {
    Shape whole;
    for (size_t i = 0; i < node.children.size(); ++i) {
      const Shape shape = shapeOf(node.children[i]);
      whole.nullable |= shape.nullable;
      whole.prefersNothing |=
          shape.prefersNothing || (shape.nullable && i + 1 < node.children.size());
      whole.captures |= shape.captures;
    }
    whole.optionalCaptures = whole.captures;
    return whole;
  }

  Shape repeatShape(const PatternNode& node) {
    const Shape body = shapeOf(node.children[0]);
    if (node.max == PatternNode::kUnbounded) traits_.bounded = false;
    const bool again = node.max > 1;
    if ((again || node.min == 0) && body.nullable && body.prefersNothing) {
      traits_.prefersNothing = true;
    }
    // JavaScript empties the groups of a repetition at each turn, and takes back a turn that
    // matched nothing; RE2 does neither.
    if (again && body.optionalCaptures) traits_.resetsCaptures = true;
    if (body.nullable && body.captures && (again || node.min == 0)) traits_.resetsCaptures = true;
    Shape whole = body;
    whole.nullable |= node.min == 0;
    whole.prefersNothing = whole.nullable && (body.prefersNothing || node.lazy);
    whole.optionalCaptures |= body.captures && node.min == 0;
    return whole;
  }

  PatternTraits traits_;
};

}  // namespace

PatternTraits traitsOf(const PatternNode& root) {
  return TraitsReader().read(root);
}

std::string re2Syntax(const PatternNode& root, const PatternFlags& flags) {
  Emitter emitter(flags);
  emitter.emit(root);
  return emitter.take();
}

}  // namespace millrace
