#include "operations/import_specifiers_operation.h"

#include <array>
#include <cstring>
#include <string>
#include <utility>

#include "base/json_string.h"
#include "text/utf8.h"

namespace millrace {
namespace {

uint32_t flagsOf(const ImportRecord& record) {
  return static_cast<uint32_t>(record.kind) | static_cast<uint32_t>(record.form) << 8 |
         static_cast<uint32_t>(record.phase) << 16 | uint32_t{record.typeOnly} << 24 |
         uint32_t{record.hasSpecifier} << 25;
}

Result<Bytes> columnsOf(const ImportList& list) {
  Result<Bytes> block = Bytes::allocate(list.imports.size() * kImportColumns * sizeof(uint32_t));
  if (!block) return block;
  std::byte* to = block.value().data();
  size_t units = 0;
  for (const ImportRecord& record : list.imports) {
    if (record.hasSpecifier) units += utf16UnitsIn(list.specifierOf(record));
    const std::array<uint32_t, kImportColumns> row = {
        flagsOf(record),        record.start,        record.end,
        record.statementStart,  record.statementEnd, record.argumentsStart,
        record.attributesStart, record.line,         static_cast<uint32_t>(units)};
    std::memcpy(to, row.data(), sizeof row);
    to += sizeof row;
  }
  return block;
}

std::string attributesOf(const ImportList& list) {
  std::string json;
  for (const ImportAttribute& attribute : list.attributes) {
    json += json.empty() ? "[[" : ",[";
    json += std::to_string(attribute.import) + ',';
    appendJsonString(json, attribute.key);
    json += ',';
    appendJsonString(json, attribute.value);
    json += ']';
  }
  if (!json.empty()) json += ']';
  return json;
}

}  // namespace

ResultShape ImportSpecifiersOperation::shape() const {
  ResultShape shape;
  shape.numbers = 1;
  shape.texts = 2;
  shape.blocks = 1;
  return shape;
}

Result<void> ImportSpecifiersOperation::run(const ItemContext& context, ByteView input,
                                            ItemOutput& output) const {
  Result<ImportList> scanned =
      scanImports(textOf(input), options_, [&context] { return context.check(); });
  if (!scanned) return std::move(scanned).error();
  ImportList& list = scanned.value();
  Result<Bytes> columns = columnsOf(list);
  if (!columns) return std::move(columns).error();
  output.numbers[0] = static_cast<double>(list.imports.size());
  output.blocks[0] = std::move(columns).value();
  output.texts[0] = std::move(list.specifiers);
  output.texts[1] = attributesOf(list);
  return {};
}

}  // namespace millrace
