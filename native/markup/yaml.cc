// Invariants: libyaml sees at most kMaxTagDirectives %TAG lines (it looks each tag up among all of
// them) and nesting of maxDepth; its positions count characters of the block, and are turned into
// positions of the file for an error only.
#include "markup/yaml.h"

#include <yaml.h>

#include <optional>
#include <string>

#include "markup/yaml_simple.h"
#include "markup/yaml_tree.h"
#include "text/utf8.h"

namespace millrace {
namespace {

constexpr size_t kEventsPerCheck = 1024;
constexpr size_t kMaxTagDirectives = 64;

/// A yaml_parser_t and the event at hand, freed in every case.
class Events {
 public:
  Events() = default;
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;
  ~Events() {
    if (hasEvent_) yaml_event_delete(&event_);
    if (ready_) yaml_parser_delete(&parser_);
  }

  bool open(std::string_view text) {
    ready_ = yaml_parser_initialize(&parser_) == 1;
    if (!ready_) return false;
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
    return true;
  }
  bool next() {
    if (hasEvent_) yaml_event_delete(&event_);
    hasEvent_ = yaml_parser_parse(&parser_, &event_) == 1;
    return hasEvent_;
  }
  const yaml_event_t& event() const { return event_; }
  const yaml_parser_t& parser() const { return parser_; }

 private:
  yaml_parser_t parser_;
  yaml_event_t event_;
  bool ready_ = false;
  bool hasEvent_ = false;
};

std::string_view viewOf(const yaml_char_t* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

size_t byteOfCharacter(std::string_view text, size_t character) {
  for (size_t at = 0; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xc0) != 0x80;
    if (begins && character-- == 0) return at;
  }
  return text.size();
}

/// One run over one block of a file.
class Run {
 public:
  Run(std::string_view file, size_t begin, size_t end, const YamlOptions& options)
      : file_(file), begin_(begin), text_(file.substr(begin, end - begin)), tree_(options) {}

  Result<ParsedData> parse(const DataCheckpoint& checkpoint);

 private:
  Result<void> readEvents(const DataCheckpoint& checkpoint);
  bool take(const yaml_event_t& event);
  bool takeScalar(const yaml_event_t& event);
  TextPosition positionOf(size_t character) const {
    return positionAt(file_, begin_ + byteOfCharacter(text_, character));
  }
  Error mistake() const {
    return Error::at(tree_.mistake().code, tree_.mistake().reason, positionOf(tree_.mistake().at));
  }
  Error syntaxError() const;

  const std::string_view file_;
  const size_t begin_;
  const std::string_view text_;
  Events events_;
  YamlTree tree_;
};

/// What libyaml says, in the places of the file.
Error Run::syntaxError() const {
  const yaml_parser_t& parser = events_.parser();
  if (parser.error == YAML_MEMORY_ERROR) return Error::of(ErrorCode::kOutOfMemory);
  const std::string problem = parser.problem == nullptr ? "no valid YAML" : parser.problem;
  if (parser.error == YAML_READER_ERROR) {
    return Error::at(ErrorCode::kSyntax, problem,
                     positionAt(file_, begin_ + parser.problem_offset));
  }
  std::string message = problem;
  if (parser.context != nullptr) {
    const TextPosition context = positionOf(parser.context_mark.index);
    message.append(", ").append(parser.context);
    message.append(" that begins in line ").append(std::to_string(context.line));
  }
  return Error::at(ErrorCode::kSyntax, std::move(message), positionOf(parser.problem_mark.index));
}

bool Run::takeScalar(const yaml_event_t& event) {
  const auto& scalar = event.data.scalar;
  const std::string_view text(reinterpret_cast<const char*>(scalar.value), scalar.length);
  return tree_.scalar(text, scalar.plain_implicit != 0 && scalar.style == YAML_PLAIN_SCALAR_STYLE,
                      viewOf(scalar.tag), viewOf(scalar.anchor), event.start_mark.index);
}

bool Run::take(const yaml_event_t& event) {
  const size_t at = event.start_mark.index;
  switch (event.type) {
    case YAML_SCALAR_EVENT:
      return takeScalar(event);
    case YAML_ALIAS_EVENT:
      return tree_.alias(viewOf(event.data.alias.anchor), at);
    case YAML_SEQUENCE_START_EVENT:
      return tree_.begin(YamlKind::kSequence, viewOf(event.data.sequence_start.tag),
                         viewOf(event.data.sequence_start.anchor), at);
    case YAML_MAPPING_START_EVENT:
      return tree_.begin(YamlKind::kMapping, viewOf(event.data.mapping_start.tag),
                         viewOf(event.data.mapping_start.anchor), at);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
      return tree_.end();
    default:
      return true;
  }
}

Result<void> Run::readEvents(const DataCheckpoint& checkpoint) {
  size_t documents = 0;
  for (size_t count = 1;; ++count) {
    if (count % kEventsPerCheck == 0) {
      Result<void> go = checkpoint();
      if (!go) return go;
    }
    if (!events_.next()) return syntaxError();
    const yaml_event_t& event = events_.event();
    if (event.type == YAML_STREAM_END_EVENT) return {};
    if (event.type == YAML_DOCUMENT_START_EVENT && ++documents > 1) {
      return Error::at(ErrorCode::kSyntax, "a second document begins where one is expected",
                       positionOf(event.start_mark.index));
    }
    if (!take(event)) return mistake();
  }
}

size_t tagDirectivesIn(std::string_view text) {
  constexpr std::string_view kDirective = "%TAG";
  size_t count = 0;
  for (size_t at = text.find(kDirective); at != std::string_view::npos;
       at = text.find(kDirective, at + kDirective.size())) {
    count += at == 0 || text[at - 1] == '\n' || text[at - 1] == '\r' ? 1 : 0;
  }
  return count;
}

Result<ParsedData> Run::parse(const DataCheckpoint& checkpoint) {
  const size_t invalid = invalidUtf8At(text_);
  if (invalid < text_.size()) {
    return Error::at(ErrorCode::kSyntax, "invalid UTF-8", positionAt(file_, begin_ + invalid));
  }
  if (tagDirectivesIn(text_) > kMaxTagDirectives) {
    return Error::of(ErrorCode::kTooLarge,
                     "more than " + std::to_string(kMaxTagDirectives) + " %TAG directives");
  }
  if (!events_.open(text_)) return Error::of(ErrorCode::kOutOfMemory);
  Result<void> read = readEvents(checkpoint);
  if (!read) return std::move(read).error();
  return tree_.write(checkpoint);
}

}  // namespace

Result<ParsedData> parseYaml(std::string_view file, size_t begin, size_t end,
                             const YamlOptions& options, const DataCheckpoint& checkpoint) {
  const std::string_view text = file.substr(begin, end - begin);
  if (isValidUtf8(text)) {
    std::optional<ParsedData> simple = parseSimpleYaml(text, options, checkpoint);
    if (simple) return std::move(*simple);
  }
  return parseAnyYaml(file, begin, end, options, checkpoint);
}

Result<ParsedData> parseAnyYaml(std::string_view file, size_t begin, size_t end,
                                const YamlOptions& options, const DataCheckpoint& checkpoint) {
  return Run(file, begin, end, options).parse(checkpoint);
}

}  // namespace millrace
