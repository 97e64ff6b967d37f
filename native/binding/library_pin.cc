// Invariant: a pin is never taken back; taking it again is harmless.
#include "binding/library_pin.h"

#if defined(_WIN32)
#include <windows.h>
#elif defined(__APPLE__)
#include <dlfcn.h>
#endif

namespace millrace::binding {

#if defined(_WIN32)

void pinLibrary() {
  HMODULE self = nullptr;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                     reinterpret_cast<LPCWSTR>(&pinLibrary), &self);
}

#elif defined(__APPLE__)

void pinLibrary() {
  Dl_info self;
  if (dladdr(reinterpret_cast<const void*>(&pinLibrary), &self) == 0) return;
  dlopen(self.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}

#else

void pinLibrary() {}

#endif

}  // namespace millrace::binding
