// Invariants: 0 <= dataBegin <= dataEnd <= bodyBegin <= the file's size; a block that is parsed
// lies between whole lines.
#include "markup/front_matter.h"

#include <algorithm>
#include <optional>

#include "markup/json_scan.h"
#include "markup/toml.h"
#include "text/utf8.h"

namespace millrace {
namespace {

constexpr size_t kMaxLanguageBytes = 16;
constexpr size_t kNotFound = std::string_view::npos;
constexpr const char* kSpace = " \t\r\n";  // JSON's

struct Delimiters {
  DataFormat format;
  std::string_view close;
  std::string_view otherClose;  // as good as `close`; empty for none
};

bool isBlank(char character) {
  return character == ' ' || character == '\t';
}

/// The line that begins at `begin`, without its end and the white space before that.
std::string_view lineAt(std::string_view file, size_t begin) {
  size_t end = std::min(file.find('\n', begin), file.size());
  if (end > begin && file[end - 1] == '\r') --end;
  while (end > begin && isBlank(file[end - 1])) --end;
  return file.substr(begin, end - begin);
}

size_t nextLine(std::string_view file, size_t begin) {
  const size_t end = file.find('\n', begin);
  return end == kNotFound ? file.size() : end + 1;
}

DataFormat formatOf(std::string_view language) {
  if (language == "yaml" || language == "yml") return DataFormat::kYaml;
  if (language == "toml") return DataFormat::kToml;
  if (language == "json") return DataFormat::kJson;
  return DataFormat::kNone;
}

/// The lower-case word behind an opening delimiter; nothing if there is more than one word.
std::optional<std::string> languageOf(std::string_view rest) {
  while (!rest.empty() && isBlank(rest.front())) rest.remove_prefix(1);
  if (rest.size() > kMaxLanguageBytes) return std::nullopt;
  std::string word;
  for (const char each : rest) {
    const bool letter = (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z');
    if (!letter) return std::nullopt;
    word.push_back(static_cast<char>(each | 0x20));
  }
  return word;
}

/// One run over one file.
class Run {
 public:
  Run(std::string_view file, const FrontMatterOptions& options, const DataCheckpoint& checkpoint)
      : file_(file), options_(options), checkpoint_(checkpoint) {
    begin_ = file.size() - withoutUtf8Bom(file).size();
    result_.dataBegin = result_.dataEnd = result_.bodyBegin = begin_;
  }

  Result<FrontMatter> run();

 private:
  bool reads(DataFormat format) const {
    return (format == DataFormat::kYaml && options_.readYaml) ||
           (format == DataFormat::kToml && options_.readToml) ||
           (format == DataFormat::kJson && options_.readJson);
  }
  std::optional<Delimiters> delimiters() const;
  std::optional<Delimiters> opened(std::string_view by, std::string_view close,
                                   DataFormat format) const;
  Result<FrontMatter> readBlock(const Delimiters& delimiters);
  Result<FrontMatter> readObject();
  Result<ParsedData> parseBlock();
  Result<ParsedData> parseJsonBlock();
  Error at(size_t offset, std::string reason) const {
    return Error::at(ErrorCode::kSyntax, std::move(reason), positionAt(file_, offset));
  }
  Error scanError(const JsonScan& scan, size_t offset) const;

  const std::string_view file_;
  const FrontMatterOptions& options_;
  const DataCheckpoint& checkpoint_;
  size_t begin_;
  FrontMatter result_;
};

/// Whether the first line is `by`, perhaps with a language, that is to be read.
std::optional<Delimiters> Run::opened(std::string_view by, std::string_view close,
                                      DataFormat format) const {
  std::string_view line = lineAt(file_, begin_);
  if (!line.starts_with(by)) return std::nullopt;
  line.remove_prefix(by.size());
  if (!line.empty()) {
    const std::optional<std::string> language = languageOf(line);
    format = language ? formatOf(*language) : DataFormat::kNone;
  }
  if (!reads(format)) return std::nullopt;
  const bool dots = format == DataFormat::kYaml && close == "---";
  return Delimiters{format, close, dots ? "..." : ""};
}

std::optional<Delimiters> Run::delimiters() const {
  if (!options_.open.empty()) return opened(options_.open, options_.close, options_.language);
  if (auto yaml = opened("---", "---", DataFormat::kYaml)) return yaml;
  if (auto toml = opened("+++", "+++", DataFormat::kToml)) return toml;
  return opened(";;;", ";;;", DataFormat::kJson);
}

/// Whether a text begins with a JSON object rather than a template's `{{` or `{%`.
bool beginsObject(std::string_view text) {
  if (!text.starts_with('{')) return false;
  const size_t next = text.find_first_not_of(kSpace, 1);
  return next != kNotFound && (text[next] == '"' || text[next] == '}');
}

Result<FrontMatter> Run::run() {
  if (const auto found = delimiters()) return readBlock(*found);
  if (options_.open.empty() && options_.readJson && beginsObject(file_.substr(begin_))) {
    return readObject();
  }
  return std::move(result_);
}

Result<FrontMatter> Run::readBlock(const Delimiters& delimiters) {
  result_.dataBegin = nextLine(file_, begin_);
  size_t line = result_.dataBegin;
  for (size_t count = 1;; line = nextLine(file_, line), ++count) {
    if (line >= file_.size()) {
      if (!options_.unterminatedIsBody) {
        return at(begin_, "the front matter that begins here has no closing " +
                              std::string(delimiters.close));
      }
      result_.dataBegin = begin_;
      return std::move(result_);
    }
    constexpr size_t kLinesPerCheck = 4096;
    if (count % kLinesPerCheck == 0) {
      Result<void> go = checkpoint_();
      if (!go) return std::move(go).error();
    }
    if (file_[line] != delimiters.close.front() && file_[line] != '.') continue;
    const std::string_view text = lineAt(file_, line);
    if (text == delimiters.close || (!text.empty() && text == delimiters.otherClose)) break;
  }
  result_.format = delimiters.format;
  result_.dataEnd = line;
  result_.bodyBegin = nextLine(file_, line);
  Result<ParsedData> data = parseBlock();
  if (!data) return std::move(data).error();
  result_.data = std::move(data).value();
  if (result_.data.json == "null" && result_.data.specials.empty()) result_.data.json = "{}";
  if (result_.data.json.front() != '{') {
    return at(result_.dataBegin, "front matter has to be a mapping of keys to values");
  }
  return std::move(result_);
}

Result<ParsedData> Run::parseBlock() {
  const size_t begin = result_.dataBegin;
  const size_t end = result_.dataEnd;
  switch (result_.format) {
    case DataFormat::kToml:
      return parseToml(file_, begin, end, {options_.yaml.dates, options_.yaml.limits}, checkpoint_);
    case DataFormat::kJson:
      return parseJsonBlock();
    default:
      return parseYaml(file_, begin, end, options_.yaml, checkpoint_);
  }
}

Error Run::scanError(const JsonScan& scan, size_t offset) const {
  const TextPosition place = positionAt(file_, offset);
  if (scan.outcome == JsonScan::kTooDeep) {
    return Error::at(ErrorCode::kTooLarge, "collections are nested deeper than maxDepth", place);
  }
  return Error::at(ErrorCode::kSyntax, scan.reason, place);
}

/// A JSON text, `{}` if it is an empty object with white space in it.
ParsedData jsonData(std::string_view json) {
  const bool empty = json.front() == '{' && json[json.find_first_not_of(kSpace, 1)] == '}';
  return {std::string(empty ? "{}" : json), {}};
}

/// A JSON value between delimiters; the braces of an object may be left out.
Result<ParsedData> Run::parseJsonBlock() {
  const size_t begin = result_.dataBegin;
  const std::string_view block = file_.substr(begin, result_.dataEnd - begin);
  const size_t invalid = invalidUtf8At(block);
  if (invalid < block.size()) return at(begin + invalid, "invalid UTF-8");
  const DataLimits& limits = options_.yaml.limits;
  if (block.size() > limits.maxBytes) {
    return Error::of(ErrorCode::kTooLarge, "the data is larger than maxBytes");
  }
  const size_t first = block.find_first_not_of(kSpace);
  if (first == kNotFound) return ParsedData{"{}", {}};
  const bool bare = block[first] == '"';
  std::string wrapped;
  if (bare) wrapped.append("{").append(block).append("}");
  const std::string_view json = bare ? std::string_view(wrapped) : block;
  const size_t shift = bare ? 1 : 0;
  const JsonScan scan = scanJson(json, 0, limits.maxDepth);
  const size_t place = begin + std::min(scan.at - std::min(scan.at, shift), block.size());
  if (scan.outcome != JsonScan::kValue) return scanError(scan, place);
  const size_t more = json.find_first_not_of(kSpace, scan.at);
  if (more != kNotFound)
    return at(begin + more - std::min(more, shift), "text behind the JSON value");
  const size_t from = json.find_first_not_of(kSpace);
  return jsonData(json.substr(from, scan.at - from));
}

/// JSON without delimiters: an object, then the end of its line.
Result<FrontMatter> Run::readObject() {
  // Only the object has to be valid UTF-8, and its end is not known yet: ill-formed bytes can be in
  // strings only, where the scanner lets them pass.
  const JsonScan scan = scanJson(file_, begin_, options_.yaml.limits.maxDepth);
  if (scan.outcome != JsonScan::kValue) {
    if (scan.at >= file_.size() && options_.unterminatedIsBody) return std::move(result_);
    return scanError(scan, scan.at);
  }
  const std::string_view object = file_.substr(begin_, scan.at - begin_);
  const size_t invalid = invalidUtf8At(object);
  if (invalid < object.size()) return at(begin_ + invalid, "invalid UTF-8");
  if (object.size() > options_.yaml.limits.maxBytes) {
    return Error::of(ErrorCode::kTooLarge, "the data is larger than maxBytes");
  }
  if (!lineAt(file_, scan.at).empty()) return at(scan.at, "text behind the JSON object");
  result_.format = DataFormat::kJson;
  result_.dataEnd = scan.at;
  result_.bodyBegin = nextLine(file_, scan.at);
  result_.data = jsonData(object);
  return std::move(result_);
}

}  // namespace

Result<FrontMatter> parseFrontMatter(std::string_view file, const FrontMatterOptions& options,
                                     const DataCheckpoint& checkpoint) {
  return Run(file, options, checkpoint).run();
}

}  // namespace millrace
