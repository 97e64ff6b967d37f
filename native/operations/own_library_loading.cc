#include "operations/own_library_loading.h"

#if defined(_WIN32)
#include <windows.h>
#else
#include <dlfcn.h>
#endif

#include "io/utf8.h"

namespace millrace {
namespace {

using LibraryGet = const millrace_library* (*)();
constexpr char kSymbol[] = "millrace_library_get";

Error missingSymbol() {
  return Error::of(ErrorCode::kAbiMismatch,
                   "the library does not export millrace_library_get(), so it is not one for "
                   "version " +
                       std::to_string(MILLRACE_OPERATIONS_ABI) + " of the operations interface");
}

}  // namespace

#if defined(_WIN32)
Result<const millrace_library*> loadOwnLibrary(const std::string& path) {
  const int size = MultiByteToWideChar(CP_UTF8, 0, path.c_str(), -1, nullptr, 0);
  std::wstring wide(static_cast<size_t>(size), L'\0');
  MultiByteToWideChar(CP_UTF8, 0, path.c_str(), -1, wide.data(), size);
  // Its own dependencies are looked for beside it as well.
  const HMODULE module = LoadLibraryExW(wide.c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH);
  if (module == nullptr) {
    return Error::of(ErrorCode::kUnsupported, "the library cannot be loaded: error " +
                                                  std::to_string(GetLastError()) + " of Windows");
  }
  const auto get = reinterpret_cast<LibraryGet>(GetProcAddress(module, kSymbol));
  return get == nullptr ? Result<const millrace_library*>(missingSymbol()) : get();
}
#else
Result<const millrace_library*> loadOwnLibrary(const std::string& path) {
  // A name without a slash would be looked for among the system's libraries.
  const std::string file = path.find('/') == std::string::npos ? "./" + path : path;
  // RTLD_LOCAL: two libraries may use the same names for different things.
  void* const handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* const reason = dlerror();
    return Error::of(ErrorCode::kUnsupported,
                     "the library cannot be loaded: " +
                         lossyUtf8(reason == nullptr ? "no reason is given" : reason));
  }
  const auto get = reinterpret_cast<LibraryGet>(dlsym(handle, kSymbol));
  return get == nullptr ? Result<const millrace_library*>(missingSymbol()) : get();
}
#endif

}  // namespace millrace
