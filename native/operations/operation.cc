#include "operations/operation.h"

namespace millrace {

ByteView Operation::passOn(ByteView input, const ItemOutput& output) const {
  if (output.blocks.size() == 1) return output.blocks.front().view();
  if (output.texts.size() == 1) return bytesOf(output.texts.front());
  return input;
}

}  // namespace millrace
