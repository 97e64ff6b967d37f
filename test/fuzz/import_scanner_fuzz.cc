// The first byte sets options, the rest is the source. Whatever is reported lies inside the source
// and in order, the specifier is what its literal stands for, all text is UTF-8, and both variants
// of the marks agree.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "text/import_literal.h"
#include "text/import_marks.h"
#include "text/import_scanner.h"
#include "text/utf8.h"

namespace {

using namespace millrace;

void require(bool condition) {
  if (!condition) std::abort();
}

void checkMarks(std::string_view source, imports::MarkSet set) {
  using namespace millrace::imports;
  if (!markBlocksFor(InstructionSet::kAvx2) || !cpuSupports(InstructionSet::kAvx2)) return;
  std::string padded(source);
  padded.resize((source.size() + 63) / 64 * 64 + kMarkLookahead);
  const size_t blocks = padded.size() / 64;
  std::vector<uint64_t> narrow(blocks);
  std::vector<uint64_t> wide(blocks);
  markBlocksFor(InstructionSet::kBaseline)(padded.data(), blocks, set, narrow.data());
  markBlocksFor(InstructionSet::kAvx2)(padded.data(), blocks, set, wide.data());
  require(narrow == wide);
}

/// Without the quotes, for a call's argument.
std::string_view literalOf(std::string_view source, const ImportRecord& record) {
  const std::string_view text = source.substr(record.start, record.end - record.start);
  const bool call = record.kind == ImportKind::kDynamic || record.kind == ImportKind::kType ||
                    record.kind == ImportKind::kRequire ||
                    record.kind == ImportKind::kRequireResolve;
  if (!call) return text;
  require(text.size() >= 2 && text.front() == text.back());
  return text.substr(1, text.size() - 2);
}

void checkRecord(std::string_view source, const ImportList& list, const ImportRecord& record) {
  require(record.statementStart <= record.start && record.start <= record.end);
  require(record.end <= record.statementEnd && record.statementEnd <= source.size());
  require(record.line >= 1);
  for (const uint32_t place : {record.argumentsStart, record.attributesStart}) {
    require(place == ImportRecord::kNowhere ||
            (place >= record.statementStart && place < record.statementEnd));
  }
  if (!record.hasSpecifier) return;
  const std::string_view literal = literalOf(source, record);
  std::string decoded;
  const bool reference = record.kind >= ImportKind::kReferencePath;
  if (reference) {
    decoded = repairedUtf8(literal);
  } else {
    require(imports::appendLiteral(literal, decoded));
  }
  require(decoded == list.specifierOf(record));
  require(isValidUtf8(decoded));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  ImportScanOptions options;
  options.typescript = (data[0] & 1) == 0;
  options.jsx = (data[0] & 2) == 0;
  options.commonjs = (data[0] & 4) == 0;
  options.importMeta = (data[0] & 8) != 0;
  options.references = (data[0] & 16) != 0;
  options.maxDepth = (data[0] & 32) != 0 ? 8 : 10000;
  const std::string_view source(reinterpret_cast<const char*>(data) + 1, size - 1);
  checkMarks(source, {(data[0] & 64) != 0, (data[0] & 128) != 0});

  const auto goOn = []() -> Result<void> { return {}; };
  options.offsets = SourceOffsets::kBytes;
  Result<ImportList> list = scanImports(source, options, goOn);
  options.offsets = SourceOffsets::kUtf16;
  Result<ImportList> units = scanImports(source, options, goOn);
  if (!list) {
    require(!list.error().position || list.error().position->offset <= source.size());
    require(!units || !isValidUtf8(source));
    return 0;
  }
  uint32_t start = 0;
  for (const ImportRecord& record : list.value().imports) {
    require(record.statementStart >= start);
    start = record.statementStart;
    checkRecord(source, list.value(), record);
  }
  uint32_t import = 0;
  for (const ImportAttribute& attribute : list.value().attributes) {
    require(attribute.import >= import && attribute.import < list.value().imports.size());
    import = attribute.import;
    require(isValidUtf8(attribute.key) && isValidUtf8(attribute.value));
  }
  if (!isValidUtf8(source)) return 0;
  require(units.ok() && units.value().imports.size() == list.value().imports.size());
  for (size_t i = 0; i < units.value().imports.size(); ++i) {
    const ImportRecord& bytes = list.value().imports[i];
    const ImportRecord& unit = units.value().imports[i];
    require(unit.statementEnd == utf16UnitsIn(source.substr(0, bytes.statementEnd)));
    require(unit.start == utf16UnitsIn(source.substr(0, bytes.start)));
  }
  return 0;
}
