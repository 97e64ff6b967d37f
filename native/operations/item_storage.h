// Room for the result of one item outside of any batch: a pipe's intermediate results, tests,
// benchmarks. Not synchronised; what output() returns points into it, so it does not move.
#pragma once

#include <string>
#include <vector>

#include "operations/operation.h"

namespace millrace {

class ItemStorage {
 public:
  explicit ItemStorage(const ResultShape& shape)
      : numbers(shape.numbers),
        fixedText(shape.fixedText, ' '),
        texts(shape.texts),
        blocks(shape.blocks) {}
  ItemStorage(const ItemStorage&) = delete;
  ItemStorage& operator=(const ItemStorage&) = delete;

  ItemOutput output() { return {numbers, fixedText, texts, blocks}; }

  std::vector<double> numbers;
  std::string fixedText;
  std::vector<std::string> texts;
  std::vector<Bytes> blocks;
};

}  // namespace millrace
