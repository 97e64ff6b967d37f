// Which family of system calls this room uses. MILLRACE_PORTABLE_IO picks the fallback made of
// standard C++ on any platform, so that it can be built and tested where the other one works too.
#pragma once

#if defined(_WIN32) && !defined(MILLRACE_PORTABLE_IO)
#define MILLRACE_PORTABLE_IO 1
#endif
