// Invariants: the target is touched by nothing but the final rename; every way out before it
// removes the temporary file (its destructor does).
#include "io/write_file.h"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "io/write_target.h"

namespace millrace {
namespace {

constexpr size_t kPieceBytes = 1024 * 1024;  // written between two checkpoints

Result<TemporaryFile> temporaryBeside(const WriteTarget& target, const WriteFileOptions& options,
                                      std::vector<std::string>& made) {
  // Never more open than the file it replaces, not even for a moment.
  const uint32_t mode = (target.exists ? target.mode : options.mode) & 0777;
  const std::string folder = folderOf(target.path);
  Result<TemporaryFile> file = TemporaryFile::create(folder, mode);
  if (file || !options.createDirectories || file.error().sysErrno != ENOENT) return file;
  Result<void> created = createFolders(folder, made);
  if (!created) return std::move(created).error();
  return TemporaryFile::create(folder, mode);
}

Result<void> writeAll(TemporaryFile& file, ByteView content, const Checkpoint& checkpoint) {
  while (!content.empty()) {
    const ByteView piece = content.first(std::min(content.size(), kPieceBytes));
    Result<void> written = file.write(piece);
    if (!written) return written;
    content = content.subspan(piece.size());
    Result<void> go = checkpoint();
    if (!go) return go;
  }
  return checkpoint();
}

/// The names of the target and of the folders made for it.
Result<void> syncNames(const WriteTarget& target, const std::vector<std::string>& made) {
  Result<void> synced = syncFolder(folderOf(target.path));
  for (size_t i = made.size(); synced && i-- > 0;) synced = syncFolder(folderOf(made[i]));
  return synced;
}

}  // namespace

Result<std::string> temporaryName() {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string name = ".millrace-";
  try {
    std::random_device device;
    for (int word = 0; word < 2; ++word) {
      const uint32_t bits = device();
      for (int shift = 28; shift >= 0; shift -= 4) name += kDigits[(bits >> shift) & 15];
    }
  } catch (const std::exception&) {  // the system has no source of randomness
    return Error::system(EIO, "open");
  }
  return name + ".tmp";
}

Result<bool> writeFile(std::string_view path, ByteView content, const WriteFileOptions& options,
                       const Checkpoint& checkpoint) {
  Result<WriteTarget> target = writeTargetAt(path, options.overwrite);
  if (!target) return std::move(target).error();
  std::vector<std::string> made;
  Result<TemporaryFile> file = temporaryBeside(target.value(), options, made);
  if (!file) return std::move(file).error();

  Result<void> done = writeAll(file.value(), content, checkpoint);
  if (done && target.value().exists) done = file.value().becomeLike(target.value());
  if (done && options.durability != Durability::kNone) done = file.value().sync();
  if (done) done = file.value().publish(target.value().path, options.overwrite);
  if (done && options.durability == Durability::kFull) done = syncNames(target.value(), made);
  if (!done) return std::move(done).error();
  return !target.value().exists;
}

}  // namespace millrace
