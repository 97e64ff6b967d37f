// Invariants: every function returns false, for good, at anything that is not plainly simple; the
// lines are read once and in order. Recursion is bounded by kMaxSimpleDepth.
#include "markup/yaml_simple.h"

#include <algorithm>
#include <string>
#include <vector>

#include "markup/json_writer.h"

namespace millrace {
namespace {

constexpr size_t kMaxSimpleDepth = 16;
constexpr size_t kValuesPerCheck = 1024;
constexpr size_t kFewKeys = 16;
constexpr size_t kMaxKeyBytes = 256;  // libyaml wants the colon within 1024 characters

bool isLetter(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         character == '_';
}

/// Nothing but printable characters, spaces and line ends (LF or CRLF) that mean a line end to
/// everybody: no tabs, no lone CR, no U+0085, U+2028, U+2029, no byte order mark inside.
bool isUnambiguous(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto following = [&](size_t n) {
      return i + n < text.size() ? static_cast<unsigned char>(text[i + n]) : 0U;
    };
    if (byte < 0x20) {
      if (byte == '\n' || (byte == '\r' && following(1) == '\n')) continue;
      return false;
    }
    if (byte == 0x7f || (byte == 0xc2 && following(1) < 0xa0)) return false;
    if (byte == 0xe2 && following(1) == 0x80 && (following(2) | 1U) == 0xa9) return false;
    if (byte == 0xef && ((following(1) == 0xbb && following(2) == 0xbf) ||
                         (following(1) == 0xbf && following(2) >= 0xbe))) {
      return false;
    }
  }
  return true;
}

struct Line {
  size_t indent = 0;
  std::string_view text = {};  // from the first character that is no space; no line end
  bool terminated = false;
};

/// The lines of a text, with one in hand.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) { nextSignificant(); }

  bool atEnd() const { return !has_; }
  const Line& line() const { return line_; }
  /// The line in hand goes on from `indent`, as the mapping of `- key: value` does.
  void enter(size_t indent, std::string_view text) {
    line_.indent = indent;
    line_.text = text;
  }
  bool next() {
    has_ = !rest_.empty();
    if (!has_) return false;
    const size_t end = std::min(rest_.find('\n'), rest_.size());
    line_.terminated = end < rest_.size();
    std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end + (line_.terminated ? 1 : 0));
    if (text.ends_with('\r')) text.remove_suffix(1);
    line_.indent = std::min(text.find_first_not_of(' '), text.size());
    line_.text = text.substr(line_.indent);
    return true;
  }
  bool nextSignificant() {
    while (next()) {
      if (!line_.text.empty() && line_.text.front() != '#') return true;
    }
    return false;
  }

 private:
  std::string_view rest_;
  Line line_;
  bool has_ = false;
};

std::string_view trimmed(std::string_view text) {
  const size_t last = text.find_last_not_of(' ');
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

std::string_view withoutLeadingSpaces(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

/// Whether nothing but spaces, or a comment behind a space, is left of a line.
bool isRest(std::string_view rest) {
  const std::string_view text = withoutLeadingSpaces(rest);
  return text.empty() || (text.front() == '#' && text.size() < rest.size());
}

bool isEntry(std::string_view text) {
  return text.starts_with("- ") || text == "-";
}

class SimpleReader {
 public:
  SimpleReader(std::string_view text, const YamlOptions& options, const DataCheckpoint& checkpoint)
      : lines_(text), options_(options), checkpoint_(checkpoint), writer_(options.limits) {}

  bool read() {
    if (lines_.atEnd()) {
      writer_.null();
      return true;
    }
    return readCollection() && lines_.atEnd() && writer_.withinLimits().ok();
  }
  ParsedData finish() { return writer_.finish(); }

 private:
  bool readCollection();
  bool readSequence(size_t indent);
  bool readMapping(size_t indent);
  bool readKey(std::string_view& rest);
  bool readValue(std::string_view rest, size_t indent, bool inSequence);
  bool readNested(size_t indent, bool inSequence);
  bool readQuoted(std::string_view& rest, std::string_view& value);
  bool readBrackets(std::string_view rest);
  bool readBlock(std::string_view header, size_t indent);
  bool readPlain(std::string_view text);
  bool write(const YamlScalar& scalar);
  bool areUnique(size_t firstKey);
  bool step() {
    if (++values_ % kValuesPerCheck != 0) return true;
    return writer_.withinLimits().ok() && checkpoint_().ok();
  }

  Lines lines_;
  const YamlOptions& options_;
  const DataCheckpoint& checkpoint_;
  JsonWriter writer_;
  std::vector<std::string_view> keys_;  // of all open mappings, outermost first
  std::string scratch_;
  std::string unescaped_;
  size_t depth_ = 0;
  size_t values_ = 0;
};

bool SimpleReader::readCollection() {
  if (depth_ >= kMaxSimpleDepth) return false;
  ++depth_;
  const size_t indent = lines_.line().indent;
  const bool done = isEntry(lines_.line().text) ? readSequence(indent) : readMapping(indent);
  --depth_;
  return done;
}

/// REQUIRES: the line in hand is the first entry.
bool SimpleReader::readSequence(size_t indent) {
  if (!writer_.beginArray()) return false;
  while (!lines_.atEnd() && lines_.line().indent == indent && isEntry(lines_.line().text)) {
    const std::string_view rest = lines_.line().text.substr(1);
    const std::string_view text = withoutLeadingSpaces(rest);
    if (isEntry(text)) return false;
    // A mapping may begin behind the dash; its indentation is the column of its first key.
    std::string_view afterKey = text;
    std::string_view key;
    if (!text.empty() && (isLetter(text.front()) || text.front() == '"' || text.front() == '\'')) {
      const bool quoted = !isLetter(text.front());
      if (quoted && !readQuoted(afterKey, key)) return false;
      const size_t colon = quoted ? 0 : text.find(": ");
      const bool isMapping = quoted
                                 ? afterKey.starts_with(':')
                                 : (colon != std::string_view::npos && colon < text.find(" #")) ||
                                       trimmed(text).ends_with(':');
      if (isMapping) {
        lines_.enter(indent + 1 + (rest.size() - text.size()), text);
        if (!readCollection()) return false;
        continue;
      }
    }
    if (!readValue(rest, indent, true)) return false;
  }
  if (!lines_.atEnd() && lines_.line().indent > indent) return false;
  writer_.endArray();
  return true;
}

/// REQUIRES: the line in hand is the first entry.
bool SimpleReader::readMapping(size_t indent) {
  if (!writer_.beginObject()) return false;
  const size_t firstKey = keys_.size();
  while (!lines_.atEnd() && lines_.line().indent == indent) {
    std::string_view rest = lines_.line().text;
    if (!readKey(rest)) return false;
    writer_.key(keys_.back());
    if (!readValue(rest, indent, false)) return false;
  }
  if (!lines_.atEnd() && lines_.line().indent > indent) return false;
  if (!areUnique(firstKey)) return false;
  keys_.resize(firstKey);
  writer_.endObject();
  return true;
}

/// Takes `key:` from the front; the key is the source's own text.
bool SimpleReader::readKey(std::string_view& rest) {
  const char first = rest.front();
  std::string_view key;
  if (first == '"' || first == '\'') {
    const char* const begin = rest.data() + 1;
    if (!readQuoted(rest, key) || key.data() != begin) return false;
  } else {
    if (!isLetter(first)) return false;
    size_t end = 0;
    while (end < rest.size() &&
           (isLetter(rest[end]) || (rest[end] >= '0' && rest[end] <= '9') || rest[end] == '-' ||
            rest[end] == '.' || rest[end] == '/' || rest[end] == ' ')) {
      ++end;
    }
    key = rest.substr(0, end);
    rest.remove_prefix(end);
    if (key.ends_with(' ') ||
        resolvePlain(key, options_.schema, options_.dates, scratch_).kind != YamlKind::kString) {
      return false;
    }
  }
  if (!rest.starts_with(':') || key.size() > kMaxKeyBytes) return false;
  rest.remove_prefix(1);
  if (!rest.empty() && rest.front() != ' ') return false;
  keys_.push_back(key);
  return true;
}

/// What is behind a dash or a colon, in the line in hand or in those below. `indent` is that of the
/// collection around.
bool SimpleReader::readValue(std::string_view rest, size_t indent, bool inSequence) {
  if (!step()) return false;
  if (isRest(rest)) return readNested(indent, inSequence);
  rest = withoutLeadingSpaces(rest);
  switch (rest.front()) {
    case '"':
    case '\'': {
      std::string_view value;
      if (!readQuoted(rest, value) || !isRest(rest)) return false;
      writer_.string(value);
      break;
    }
    case '[':
    case '{':
      if (!readBrackets(rest)) return false;
      break;
    case '|':
    case '>':
      return readBlock(rest, indent);
    default: {
      const size_t comment = rest.find(" #");
      if (!readPlain(trimmed(rest.substr(0, comment)))) return false;
    }
  }
  lines_.nextSignificant();
  return true;
}

/// The collection below a bare key or dash, or what the schema takes nothing for.
bool SimpleReader::readNested(size_t indent, bool inSequence) {
  lines_.nextSignificant();
  if (!lines_.atEnd()) {
    const Line& line = lines_.line();
    if (line.indent > indent) return readCollection();
    // The entries of a mapping's sequence may stand below its key.
    if (!inSequence && line.indent == indent && isEntry(line.text)) return readCollection();
  }
  return write(resolvePlain({}, options_.schema, options_.dates, scratch_));
}

/// Takes a quoted scalar from the front. The value views the source where nothing is escaped.
bool SimpleReader::readQuoted(std::string_view& rest, std::string_view& value) {
  const char quote = rest.front();
  const size_t end = rest.find_first_of(quote == '"' ? "\"\\" : "'", 1);
  if (end == std::string_view::npos) return false;
  if (rest[end] == quote && !(quote == '\'' && rest.substr(end + 1).starts_with('\''))) {
    value = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    return true;
  }
  unescaped_.assign(rest.substr(1, end - 1));
  for (size_t at = end; at < rest.size(); ++at) {
    const char character = rest[at];
    const char escaped = at + 1 < rest.size() ? rest[at + 1] : '\0';
    if (quote == '\'' && character == quote && escaped == quote) {
      unescaped_.push_back(quote);
      ++at;
    } else if (character == quote) {
      value = unescaped_;
      rest.remove_prefix(at + 1);
      return true;
    } else if (quote == '"' && character == '\\') {
      if (escaped != '"' && escaped != '\\' && escaped != 'n') return false;
      unescaped_.push_back(escaped == 'n' ? '\n' : escaped);
      ++at;
    } else {
      unescaped_.push_back(character);
    }
  }
  return false;
}

/// `[...]` of scalars, or `{}`.
bool SimpleReader::readBrackets(std::string_view rest) {
  if (rest.starts_with("{}")) {
    if (!isRest(rest.substr(2)) || !writer_.beginObject()) return false;
    writer_.endObject();
    return true;
  }
  if (rest.front() != '[' || !writer_.beginArray()) return false;
  rest = withoutLeadingSpaces(rest.substr(1));
  while (!rest.empty() && rest.front() != ']') {
    if (!step()) return false;
    if (rest.front() == '"' || rest.front() == '\'') {
      std::string_view value;
      if (!readQuoted(rest, value)) return false;
      writer_.string(value);
    } else {
      // What means something in brackets only, and what a plain scalar may not hold here.
      const size_t end = rest.find_first_of(",]");
      if (end == std::string_view::npos) return false;
      const std::string_view text = trimmed(rest.substr(0, end));
      if (text.find_first_of("[{}?:#&*!|>%@`\"'") != std::string_view::npos) return false;
      if (text.empty() || text == "-" || !readPlain(text)) return false;
      rest.remove_prefix(end);
    }
    rest = withoutLeadingSpaces(rest);
    if (rest.starts_with(',')) {
      rest = withoutLeadingSpaces(rest.substr(1));
    } else if (!rest.starts_with(']')) {
      return false;
    }
  }
  if (rest.empty() || !isRest(rest.substr(1))) return false;
  writer_.endArray();
  return true;
}

/// A literal or folded block without an indentation indicator, chomped to one line end or none.
bool SimpleReader::readBlock(std::string_view header, size_t indent) {
  const bool folded = header.front() == '>';
  header.remove_prefix(1);
  const bool strip = header.starts_with('-');
  if (strip) header.remove_prefix(1);
  if (!isRest(header)) return false;
  unescaped_.clear();
  size_t blockIndent = 0;
  size_t blanks = 0;
  bool terminated = false;
  while (lines_.next()) {
    const Line& line = lines_.line();
    if (line.text.empty()) {
      // Spaces beyond the indentation, or before it is known, would mean something.
      if (line.indent > blockIndent || !line.terminated) return false;
      ++blanks;
      continue;
    }
    if (blockIndent == 0) {
      if (line.indent <= indent || blanks > 0) return false;
      blockIndent = line.indent;
    } else if (line.indent < blockIndent) {
      break;
    } else {
      // A line indented further is not folded.
      if (folded && line.indent > blockIndent) return false;
      if (!folded || blanks > 0) unescaped_.append(folded ? blanks : blanks + 1, '\n');
      if (folded && blanks == 0) unescaped_.push_back(' ');
    }
    blanks = 0;
    if (!line.terminated) return false;
    terminated = true;
    unescaped_.append(line.indent - blockIndent, ' ').append(line.text);
  }
  if (!terminated) return false;
  if (!strip) unescaped_.push_back('\n');
  writer_.string(unescaped_);
  if (lines_.atEnd()) return true;
  // What ends the block has to be a line of a collection around it.
  return lines_.line().indent <= indent && lines_.line().text.front() != '#';
}

/// A plain scalar of one line, trimmed, its comment removed.
bool SimpleReader::readPlain(std::string_view text) {
  const char first = text.front();
  const char second = text.size() > 1 ? text[1] : ' ';
  if (std::string_view("?:,[]{}#&*!|>'\"%@`").find(first) != std::string_view::npos) return false;
  if (first == '-' && (second == ' ' || second == '-')) return false;
  if (text.ends_with(':') || text.find(": ") != std::string_view::npos) return false;
  return write(resolvePlain(text, options_.schema, options_.dates, scratch_));
}

bool SimpleReader::write(const YamlScalar& scalar) {
  switch (scalar.kind) {
    case YamlKind::kNull:
      writer_.null();
      return true;
    case YamlKind::kFalse:
    case YamlKind::kTrue:
      writer_.boolean(scalar.kind == YamlKind::kTrue);
      return true;
    case YamlKind::kNumber:
      writer_.numberText(scalar.text);
      return true;
    case YamlKind::kString:
      writer_.string(scalar.text);
      return true;
    case YamlKind::kDate:
      writer_.date(scalar.ms);
      return true;
    default:
      return false;
  }
}

/// Whether the keys from `firstKey` on are distinct; sorts them if they are many.
bool SimpleReader::areUnique(size_t firstKey) {
  const auto begin = keys_.begin() + static_cast<std::ptrdiff_t>(firstKey);
  if (keys_.size() - firstKey > kFewKeys) {
    std::sort(begin, keys_.end());
    return std::adjacent_find(begin, keys_.end()) == keys_.end();
  }
  for (auto one = begin; one != keys_.end(); ++one) {
    if (std::find(begin, one, *one) != one) return false;
  }
  return true;
}

}  // namespace

std::optional<ParsedData> parseSimpleYaml(std::string_view text, const YamlOptions& options,
                                          const DataCheckpoint& checkpoint) {
  // Markers and directives at the beginning of a line are left to the full parser.
  for (const std::string_view mark : {"---", "...", "%"}) {
    if (text.starts_with(mark) || text.find("\n" + std::string(mark)) != std::string_view::npos) {
      return std::nullopt;
    }
  }
  if (!isUnambiguous(text)) return std::nullopt;
  SimpleReader reader(text, options, checkpoint);
  if (!reader.read()) return std::nullopt;
  return reader.finish();
}

}  // namespace millrace
