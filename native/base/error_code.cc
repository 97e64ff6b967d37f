#include "base/error_code.h"

namespace millrace {

std::string_view codeOf(ErrorCode code) {
  switch (code) {
#define MILLRACE_CASE(name, text, summary) \
  case ErrorCode::name:                    \
    return text;
    MILLRACE_ERROR_CODES(MILLRACE_CASE)
#undef MILLRACE_CASE
  }
  return "ERR_INTERNAL";
}

std::string_view summaryOf(ErrorCode code) {
  switch (code) {
#define MILLRACE_CASE(name, text, summary) \
  case ErrorCode::name:                    \
    return summary;
    MILLRACE_ERROR_CODES(MILLRACE_CASE)
#undef MILLRACE_CASE
  }
  return "";
}

}  // namespace millrace
