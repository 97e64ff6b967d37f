// Invariants: toml++ sees nesting of at most maxDepth, dotted keys counted (it frees its tables
// recursively, and does not bound dotted keys itself); none of its exceptions leaves this file.
#include "markup/toml.h"

#include <cstdio>
#include <istream>
#include <streambuf>
#include <string>
#include <vector>

#include "markup/json_writer.h"
#include "markup/yaml_scalar.h"
#include "text/utf8.h"

namespace {

/// What toml++ takes for granted at that place is not so.
struct BrokenAssumption {};

[[noreturn]] inline void refuseForToml() {
  throw BrokenAssumption();
}
constexpr void assumeForToml(bool holds) {
  if (!holds) refuseForToml();
}

}  // namespace

// toml++ 3.3 takes things for granted that hostile text does not keep to (digits behind a date's T;
// that a letter like e with an accent is not looked at where white space may be), and compiles them
// to undefined behaviour. Here they are checked, always; in the character classes, which may not
// throw, what is unreachable means no.
#undef NDEBUG
#define TOML_ASSERT(expression) assumeForToml(static_cast<bool>(expression))
#define TOML_ENABLE_FORMATTERS 0
#define TOML_ENABLE_WINDOWS_COMPAT 0
#include <toml++/impl/forward_declarations.h>
#undef TOML_UNREACHABLE
#define TOML_UNREACHABLE return false
#include <toml++/impl/unicode.h>
#undef TOML_UNREACHABLE
#define TOML_UNREACHABLE refuseForToml()
#include <toml++/toml.h>

namespace millrace {
namespace {

constexpr size_t kPieceBytes = 256 * 1024;  // of text between two looks at the checkpoint
constexpr size_t kNodesPerCheck = 1024;
constexpr int64_t kMaxSafeInteger = (int64_t{1} << 53) - 1;

/// How deep a text nests tables, without parsing it: brackets, and the dots of the keys before
/// them. Up to twice as deep in truth (arrays of tables), and one less (the point of a number).
class NestingBound {
 public:
  explicit NestingBound(std::string_view text) : text_(text) {}

  /// Where the nesting exceeds `maxDepth`; the text's size if it does not.
  size_t exceeds(size_t maxDepth) {
    const size_t bound = maxDepth + kSlack;
    bool lineBegins = true;
    while (at_ < text_.size()) {
      if (header_ + sum_ + dots_ > bound) return at_;
      const char character = text_[at_];
      const bool wasBegin = lineBegins;
      lineBegins = (lineBegins && (character == ' ' || character == '\t')) ||
                   (character == '\n' && open_.empty());
      switch (character) {
        case '"':
        case '\'':
          skipString(character);
          continue;
        case '#':
          at_ = std::min(text_.find('\n', at_), text_.size());
          lineBegins = open_.empty();
          continue;
        case '.':
          ++dots_;
          break;
        case '[':
        case '{':
          if (wasBegin && character == '[') {
            beginHeader();
            continue;
          }
          open_.push_back(dots_ + 1);
          sum_ += dots_ + 1;
          dots_ = 0;
          break;
        case ']':
        case '}':
          if (!open_.empty()) {
            sum_ -= open_.back();
            open_.pop_back();
          }
          dots_ = 0;
          break;
        case ',':
          dots_ = 0;
          break;
        case '\n':
          if (inHeader_) header_ = dots_ + 2;
          inHeader_ = false;
          dots_ = 0;
          break;
        default:
          break;
      }
      ++at_;
    }
    return text_.size();
  }

 private:
  static constexpr size_t kSlack = 2;  // the writer judges exactly

  void beginHeader() {
    inHeader_ = true;
    header_ = 0;
    at_ += text_.substr(at_).starts_with("[[") ? 2 : 1;
  }
  void skipString(char quote) {
    const std::string triple(3, quote);
    const bool multiline = text_.substr(at_).starts_with(triple);
    at_ += multiline ? 3 : 1;
    for (; at_ < text_.size(); ++at_) {
      if (quote == '"' && text_[at_] == '\\') {
        ++at_;
      } else if (multiline ? text_.substr(at_).starts_with(triple) : text_[at_] == quote) {
        at_ += multiline ? 3 : 1;
        // Up to two quotes may stand before the closing three.
        for (int i = 0; multiline && i < 2 && at_ < text_.size() && text_[at_] == quote; ++i) ++at_;
        return;
      } else if (!multiline && text_[at_] == '\n') {
        return;
      }
    }
    at_ = std::min(at_, text_.size());
  }

  const std::string_view text_;
  size_t at_ = 0;
  size_t header_ = 0;  // depth of the table at hand
  bool inHeader_ = false;
  size_t dots_ = 0;           // of the key at hand
  size_t sum_ = 0;            // of open_
  std::vector<size_t> open_;  // levels that each open bracket adds
};

/// Hands out a text in pieces, and ends early once the checkpoint says so.
class PollingBuffer final : public std::streambuf {
 public:
  PollingBuffer(std::string_view text, const DataCheckpoint& checkpoint)
      : text_(text), checkpoint_(checkpoint) {}

  const Result<void>& state() const { return state_; }

 protected:
  int_type underflow() override {
    if (state_) state_ = checkpoint_();
    if (!state_ || next_ == text_.size()) return traits_type::eof();
    const std::string_view piece = text_.substr(next_, kPieceBytes);
    next_ += piece.size();
    // A get area is not written to.
    char* const begin = const_cast<char*>(piece.data());
    setg(begin, begin, begin + piece.size());
    return traits_type::to_int_type(*begin);
  }
  /// toml++ looks for a byte order mark and goes back.
  pos_type seekoff(off_type offset, std::ios_base::seekdir from, std::ios_base::openmode) override {
    const size_t here = next_ - static_cast<size_t>(egptr() - gptr());
    const size_t base = from == std::ios_base::beg   ? 0
                        : from == std::ios_base::cur ? here
                                                     : text_.size();
    const off_type target = static_cast<off_type>(base) + offset;
    if (target < 0 || target > static_cast<off_type>(text_.size())) return pos_type(off_type(-1));
    next_ = static_cast<size_t>(target);
    setg(nullptr, nullptr, nullptr);
    return pos_type(target);
  }
  pos_type seekpos(pos_type position, std::ios_base::openmode mode) override {
    return seekoff(off_type(position), std::ios_base::beg, mode);
  }

 private:
  const std::string_view text_;
  const DataCheckpoint& checkpoint_;
  size_t next_ = 0;  // behind the get area
  Result<void> state_;
};

std::string timeText(const toml::time& time) {
  char text[32];
  int size = std::snprintf(text, sizeof text, "%02u:%02u:%02u", unsigned{time.hour},
                           unsigned{time.minute}, unsigned{time.second});
  if (time.nanosecond != 0) {
    size += std::snprintf(text + size, sizeof text - static_cast<size_t>(size), ".%09u",
                          unsigned{time.nanosecond});
    while (text[size - 1] == '0') --size;
  }
  return std::string(text, static_cast<size_t>(size));
}

std::string dateText(const toml::date& date) {
  char text[32];
  const int size = std::snprintf(text, sizeof text, "%04u-%02u-%02u", unsigned{date.year},
                                 unsigned{date.month}, unsigned{date.day});
  return std::string(text, static_cast<size_t>(size));
}

std::string dateTimeText(const toml::date_time& value) {
  std::string text = dateText(value.date) + "T" + timeText(value.time);
  if (!value.offset) return text;
  const int minutes = value.offset->minutes;
  if (minutes == 0) return text + "Z";
  char zone[16];
  const int distance = minutes < 0 ? -minutes : minutes;
  std::snprintf(zone, sizeof zone, "%c%02d:%02d", minutes < 0 ? '-' : '+', distance / 60,
                distance % 60);
  return text + zone;
}

/// Writes toml++'s tables. Recursive: the writer refuses what is nested deeper than maxDepth.
class Writer {
 public:
  Writer(const TomlOptions& options, const DataCheckpoint& checkpoint)
      : options_(options), checkpoint_(checkpoint), json_(options.limits) {}

  Result<void> write(const toml::node& node);
  ParsedData finish() { return json_.finish(); }
  /// Where the value is that could not be written.
  const toml::source_position& failedAt() const { return failedAt_; }

 private:
  Result<void> writeTable(const toml::table& table);
  Result<void> writeArray(const toml::array& array);
  Result<void> writeInteger(const toml::value<int64_t>& value);
  void writeDateTime(const toml::date_time& value);

  const TomlOptions& options_;
  const DataCheckpoint& checkpoint_;
  JsonWriter json_;
  size_t nodes_ = 0;
  toml::source_position failedAt_{};
};

Result<void> Writer::write(const toml::node& node) {
  if (++nodes_ % kNodesPerCheck == 0) {
    Result<void> go = checkpoint_();
    if (!go) return go;
  }
  if (const toml::table* table = node.as_table()) return writeTable(*table);
  if (const toml::array* array = node.as_array()) return writeArray(*array);
  if (const auto* integer = node.as_integer()) return writeInteger(*integer);
  if (const auto* text = node.as_string()) json_.string(text->get());
  if (const auto* number = node.as_floating_point()) json_.number(number->get());
  if (const auto* boolean = node.as_boolean()) json_.boolean(boolean->get());
  if (const auto* date = node.as_date()) json_.string(dateText(date->get()));
  if (const auto* time = node.as_time()) json_.string(timeText(time->get()));
  if (const auto* dateTime = node.as_date_time()) writeDateTime(dateTime->get());
  return json_.withinLimits();
}

Result<void> Writer::writeTable(const toml::table& table) {
  Result<void> done = json_.beginObject();
  for (auto each = table.begin(); done && each != table.end(); ++each) {
    json_.key(each->first.str());
    done = write(each->second);
  }
  if (done) json_.endObject();
  return done;
}

Result<void> Writer::writeArray(const toml::array& array) {
  Result<void> done = json_.beginArray();
  for (auto each = array.begin(); done && each != array.end(); ++each) done = write(*each);
  if (done) json_.endArray();
  return done;
}

Result<void> Writer::writeInteger(const toml::value<int64_t>& value) {
  if (value.get() > kMaxSafeInteger || value.get() < -kMaxSafeInteger) {
    failedAt_ = value.source().begin;
    return Error::of(ErrorCode::kSyntax, "the integer " + std::to_string(value.get()) +
                                             " is beyond 2^53, which no JavaScript number holds");
  }
  json_.integer(value.get());
  return json_.withinLimits();
}

void Writer::writeDateTime(const toml::date_time& value) {
  const std::string text = dateTimeText(value);
  int64_t ms = 0;
  if (options_.dates && value.offset && parseYamlTimestamp(text, ms)) {
    json_.date(ms);
  } else {
    json_.string(text);
  }
}

/// The place in the file of a place in the block; toml++ counts lines by LF and columns by
/// characters.
TextPosition placeOf(std::string_view file, size_t begin, const toml::source_position& place) {
  size_t at = begin;
  for (toml::source_index line = 1; line < place.line; ++line) {
    const size_t end = file.find('\n', at);
    if (end == std::string_view::npos) break;
    at = end + 1;
  }
  for (toml::source_index column = 1; column < place.column && at < file.size(); ++column) {
    do {
      ++at;
    } while (at < file.size() && (static_cast<unsigned char>(file[at]) & 0xc0) == 0x80);
  }
  return positionAt(file, at);
}

Result<ParsedData> written(const toml::table& table, std::string_view file, size_t begin,
                           const TomlOptions& options, const DataCheckpoint& checkpoint) {
  Writer writer(options, checkpoint);
  Result<void> done = writer.write(table);
  if (done) return writer.finish();
  Error error = std::move(done).error();
  if (error.code == ErrorCode::kSyntax) error.position = placeOf(file, begin, writer.failedAt());
  return error;
}

/// Throws toml::parse_error or BrokenAssumption; after each of them, too, `go` is what the
/// checkpoint said last: a text that it cut short is in error.
toml::table readTable(std::string_view text, const DataCheckpoint& checkpoint, Result<void>& go) {
  if (text.size() <= kPieceBytes) return toml::parse(text);
  PollingBuffer buffer(text, checkpoint);
  std::istream stream(&buffer);
  try {
    toml::table table = toml::parse(stream);
    go = buffer.state();
    return table;
  } catch (...) {
    go = buffer.state();
    throw;
  }
}

/// The byte at which toml++ finds an assumption broken, which it does not tell: the last one of the
/// shortest text that breaks it. O(n log n).
size_t brokenAt(std::string_view text, const DataCheckpoint& checkpoint, Result<void>& go) {
  size_t sound = 0;
  size_t broken = text.size();
  while (go && broken - sound > 1) {
    const size_t middle = sound + (broken - sound) / 2;
    go = checkpoint();
    try {
      if (go) (void)readTable(text.substr(0, middle), checkpoint, go);
      sound = middle;
    } catch (const toml::parse_error&) {
      sound = middle;
    } catch (const BrokenAssumption&) {
      broken = middle;
    }
  }
  return broken - 1;
}

}  // namespace

Result<ParsedData> parseToml(std::string_view file, size_t begin, size_t end,
                             const TomlOptions& options, const DataCheckpoint& checkpoint) {
  const std::string_view text = file.substr(begin, end - begin);
  const size_t invalid = invalidUtf8At(text);
  if (invalid < text.size()) {
    return Error::at(ErrorCode::kSyntax, "invalid UTF-8", positionAt(file, begin + invalid));
  }
  const size_t deep = NestingBound(text).exceeds(options.limits.maxDepth);
  if (deep < text.size()) {
    return Error::at(
        ErrorCode::kTooLarge,
        "tables are nested deeper than maxDepth (" + std::to_string(options.limits.maxDepth) + ")",
        positionAt(file, begin + deep));
  }
  Result<void> go;
  try {
    const toml::table table = readTable(text, checkpoint, go);
    if (go) return written(table, file, begin, options, checkpoint);
  } catch (const toml::parse_error& error) {
    if (go) {
      return Error::at(ErrorCode::kSyntax, std::string(error.description()),
                       placeOf(file, begin, error.source().begin));
    }
  } catch (const BrokenAssumption&) {
    const size_t at = go ? brokenAt(text, checkpoint, go) : 0;
    if (go) return Error::at(ErrorCode::kSyntax, "no TOML", positionAt(file, begin + at));
  }
  return std::move(go).error();
}

}  // namespace millrace
