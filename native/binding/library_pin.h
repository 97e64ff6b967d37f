// Keeps the addon's library in memory for the life of the process: pool threads outlive the isolate
// that loaded it, and Node unloads addons when a worker ends. Any thread.
#pragma once

namespace millrace::binding {

/// On ELF systems the linker has marked the library (-z nodelete) and there is nothing to do.
void pinLibrary();

}  // namespace millrace::binding
