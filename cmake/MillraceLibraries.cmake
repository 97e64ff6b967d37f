# Third-party libraries, preferring the static archive so that one binary runs on another
# machine of the same libc. Every failure names the package to install.
function(millrace_find_library target header library package)
  string(TOUPPER ${target} name)
  find_path(${name}_INCLUDE_DIR ${header})
  find_library(${name}_LIBRARY NAMES ${CMAKE_STATIC_LIBRARY_PREFIX}${library}${CMAKE_STATIC_LIBRARY_SUFFIX} ${library})
  if(NOT ${name}_INCLUDE_DIR OR NOT ${name}_LIBRARY)
    message(FATAL_ERROR "MILLRACE_MISSING_LIBRARY ${library}: install ${package} (Debian/Ubuntu: apt-get install ${package})")
  endif()
  add_library(millrace::${target} UNKNOWN IMPORTED)
  set_target_properties(millrace::${target} PROPERTIES
    IMPORTED_LOCATION ${${name}_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${${name}_INCLUDE_DIR})
endfunction()

millrace_find_library(lz4 lz4frame.h lz4 liblz4-dev)
millrace_find_library(crypto openssl/sha.h crypto libssl-dev)

# xxHash is used header-only (XXH_INLINE_ALL), once per instruction set.
find_path(XXHASH_INCLUDE_DIR xxhash.h)
if(NOT XXHASH_INCLUDE_DIR)
  message(FATAL_ERROR "MILLRACE_MISSING_LIBRARY xxhash: install libxxhash-dev (Debian/Ubuntu: apt-get install libxxhash-dev)")
endif()
add_library(millrace::xxhash INTERFACE IMPORTED)
set_target_properties(millrace::xxhash PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${XXHASH_INCLUDE_DIR})
