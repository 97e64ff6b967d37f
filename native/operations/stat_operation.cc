#include "operations/stat_operation.h"

#include "io/file.h"

namespace millrace {

ResultShape StatOperation::shape() const {
  ResultShape shape;
  shape.numbers = kStatColumnCount;
  return shape;
}

Result<void> StatOperation::run(const ItemContext&, ByteView input, ItemOutput& output) const {
  const Result<FileStatus> found = statusOf(textOf(input), options_.followSymlinks);
  if (!found) return found.error();
  const FileStatus& status = found.value();
  const auto set = [&](StatColumn column, auto value) {
    output.numbers[static_cast<size_t>(column)] = static_cast<double>(value);
  };
  set(StatColumn::kSize, status.size);
  set(StatColumn::kModifyTimeMs, status.modifyTimeMs);
  set(StatColumn::kMode, status.mode);
  set(StatColumn::kInode, status.inode);
  set(StatColumn::kDevice, status.device);
  set(StatColumn::kType, status.type);
  set(StatColumn::kLinks, status.links);
  set(StatColumn::kChangeTimeMs, status.changeTimeMs);
  set(StatColumn::kBirthTimeMs, status.birthTimeMs);
  set(StatColumn::kAccessTimeMs, status.accessTimeMs);
  set(StatColumn::kUserId, status.userId);
  set(StatColumn::kGroupId, status.groupId);
  return {};
}

}  // namespace millrace
