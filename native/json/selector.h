// Finds the values of a Selection in one pass over a document, as slices of its text: nothing is
// parsed. Thread safe function; the slices borrow the document.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/selection.h"
#include "json/structural_cursor.h"

namespace millrace {

enum class JsonValidation : uint8_t {
  /// The whole document has to be JSON. Of members with the same name the last counts, as in
  /// JSON.parse.
  kFull,
  /// What is not selected is passed over by counting brackets, and nothing is looked at once all
  /// is found. Only bytes that are not UTF-8, control characters in strings and strings that do
  /// not end are found out on the way. Of members with the same name the first counts.
  kTouched
};

struct SelectOptions {
  JsonValidation validation = JsonValidation::kFull;
  size_t maxDepth = 1024;
};

/// What a selection found in one document, in the order of the document. Kept and filled again, it
/// allocates nothing.
class SelectedValues {
 public:
  /// The values of result `k`; at most one unless it is a list.
  const std::vector<std::string_view>& of(size_t k) const { return values_[k]; }

  size_t size() const { return values_.size(); }

  /// Forgets all values and has room for `size` results. Memory for some thousands is kept.
  void reset(size_t size);
  void add(size_t k, std::string_view value) { values_[k].push_back(value); }

 private:
  std::vector<std::vector<std::string_view>> values_;
};

/// kSyntax or kTooLarge, with the place, when the document is not what `options` ask for; else what
/// the checkpoint said. Values are JSON and valid UTF-8 whatever the validation.
Result<void> select(const Selection& selection, std::string_view document,
                    const SelectOptions& options, const Checkpoint& checkpoint,
                    SelectedValues& values);

/// Appends the values as the text of an object by the selection's names. A result that was not
/// found has no member; a list is an array, empty when nothing was found.
void appendObject(const Selection& selection, const SelectedValues& values, std::string& text);

/// Appends result `k` alone: nothing when it was not found, an array for a list.
void appendValue(const Selection& selection, const SelectedValues& values, size_t k,
                 std::string& text);

}  // namespace millrace
