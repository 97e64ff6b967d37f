# Third-party libraries, preferring the static archive so that one binary runs on another
# machine of the same libc. Every failure names the package to install.
function(millrace_find_library target header library package)
  millrace_import_library(${target} ${header} ${library} ${package}
    ${CMAKE_STATIC_LIBRARY_PREFIX}${library}${CMAKE_STATIC_LIBRARY_SUFFIX} ${library})
endfunction()

# The file is found under the first of the names (ARGN) that there is.
function(millrace_import_library target header library package)
  string(TOUPPER ${target} name)
  find_path(${name}_INCLUDE_DIR ${header})
  find_library(${name}_LIBRARY NAMES ${ARGN})
  if(NOT ${name}_INCLUDE_DIR OR NOT ${name}_LIBRARY)
    message(FATAL_ERROR "MILLRACE_MISSING_LIBRARY ${library}: install ${package} (Debian/Ubuntu: apt-get install ${package})")
  endif()
  add_library(millrace::${target} UNKNOWN IMPORTED)
  set_target_properties(millrace::${target} PROPERTIES
    IMPORTED_LOCATION ${${name}_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${${name}_INCLUDE_DIR})
endfunction()

millrace_find_library(lz4 lz4frame.h lz4 liblz4-dev)
# Older frames cannot be read without their checksums.
file(STRINGS ${LZ4_INCLUDE_DIR}/lz4.h lz4_version REGEX "#define LZ4_VERSION_(MAJOR|MINOR|RELEASE)")
string(REGEX MATCHALL "[0-9]+ " lz4_version "${lz4_version} ")
string(REPLACE " ;" "." lz4_version "${lz4_version}")
string(STRIP "${lz4_version}" lz4_version)
if(lz4_version VERSION_LESS 1.9.4)
  message(FATAL_ERROR "MILLRACE_MISSING_LIBRARY lz4: version 1.9.4 or newer is needed, ${lz4_version} is in ${LZ4_INCLUDE_DIR}")
endif()
millrace_find_library(crypto openssl/sha.h crypto libssl-dev)

# xxHash is used header-only (XXH_INLINE_ALL), once per instruction set.
find_path(XXHASH_INCLUDE_DIR xxhash.h)
if(NOT XXHASH_INCLUDE_DIR)
  message(FATAL_ERROR "MILLRACE_MISSING_LIBRARY xxhash: install libxxhash-dev (Debian/Ubuntu: apt-get install libxxhash-dev)")
endif()
add_library(millrace::xxhash INTERFACE IMPORTED)
set_target_properties(millrace::xxhash PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${XXHASH_INCLUDE_DIR})

# Debian's archives of these cannot go into a shared object, so the shared libraries are linked, and the
# addon's build copies them beside the addon, where its run path finds them (docs/decisions/0011).
function(millrace_find_shared_library target header library package)
  millrace_import_library(${target} ${header} ${library} ${package} ${library})
  string(TOUPPER ${target} name)
  set_property(GLOBAL APPEND PROPERTY MILLRACE_BUNDLED_LIBRARIES ${${name}_LIBRARY})
endfunction()

millrace_find_library(yaml yaml.h yaml libyaml-dev)
millrace_find_library(deflate libdeflate.h deflate libdeflate-dev)
millrace_find_shared_library(zlib zlib.h z zlib1g-dev)
millrace_find_shared_library(zstd zstd.h zstd libzstd-dev)
millrace_find_shared_library(re2 re2/re2.h re2 libre2-dev)
millrace_find_shared_library(simdjson simdjson.h simdjson libsimdjson-dev)
millrace_find_shared_library(md4c md4c.h md4c libmd4c-dev)

# Header-only.
find_path(TOMLPLUSPLUS_INCLUDE_DIR toml++/toml.h)
if(NOT TOMLPLUSPLUS_INCLUDE_DIR)
  message(FATAL_ERROR "MILLRACE_MISSING_LIBRARY tomlplusplus: install libtomlplusplus-dev (Debian/Ubuntu: apt-get install libtomlplusplus-dev)")
endif()
add_library(millrace::tomlplusplus INTERFACE IMPORTED)
set_target_properties(millrace::tomlplusplus PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${TOMLPLUSPLUS_INCLUDE_DIR})

# BLAKE3's C implementation: a library where there is one, else the sources that Debian ships for Rust.
find_path(BLAKE3_INCLUDE_DIR blake3.h)
find_library(BLAKE3_LIBRARY NAMES blake3)
if(BLAKE3_INCLUDE_DIR AND BLAKE3_LIBRARY)
  add_library(millrace::blake3 UNKNOWN IMPORTED)
  set_target_properties(millrace::blake3 PROPERTIES
    IMPORTED_LOCATION ${BLAKE3_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${BLAKE3_INCLUDE_DIR})
else()
  file(GLOB BLAKE3_SOURCE_DIRS /usr/share/cargo/registry/blake3-*/c)
  list(POP_BACK BLAKE3_SOURCE_DIRS BLAKE3_SOURCE_DIR)
  if(NOT BLAKE3_SOURCE_DIR)
    message(FATAL_ERROR "MILLRACE_MISSING_LIBRARY blake3: install librust-blake3-dev or libblake3 (Debian/Ubuntu: apt-get install librust-blake3-dev)")
  endif()
  add_library(blake3 STATIC
    ${BLAKE3_SOURCE_DIR}/blake3.c ${BLAKE3_SOURCE_DIR}/blake3_dispatch.c ${BLAKE3_SOURCE_DIR}/blake3_portable.c)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    foreach(isa IN ITEMS sse2 sse41 avx2 avx512)
      target_sources(blake3 PRIVATE ${BLAKE3_SOURCE_DIR}/blake3_${isa}.c)
    endforeach()
    set_source_files_properties(${BLAKE3_SOURCE_DIR}/blake3_sse2.c PROPERTIES COMPILE_OPTIONS -msse2)
    set_source_files_properties(${BLAKE3_SOURCE_DIR}/blake3_sse41.c PROPERTIES COMPILE_OPTIONS -msse4.1)
    set_source_files_properties(${BLAKE3_SOURCE_DIR}/blake3_avx2.c PROPERTIES COMPILE_OPTIONS -mavx2)
    set_source_files_properties(${BLAKE3_SOURCE_DIR}/blake3_avx512.c PROPERTIES COMPILE_OPTIONS "-mavx512f;-mavx512vl")
  elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|ARM64|arm64")
    target_sources(blake3 PRIVATE ${BLAKE3_SOURCE_DIR}/blake3_neon.c)
    target_compile_definitions(blake3 PRIVATE BLAKE3_USE_NEON=1)
  endif()
  target_include_directories(blake3 SYSTEM PUBLIC ${BLAKE3_SOURCE_DIR})
  add_library(millrace::blake3 ALIAS blake3)
endif()

set(MILLRACE_LIBRARIES millrace::lz4 millrace::crypto millrace::xxhash millrace::blake3 millrace::deflate millrace::zlib
  millrace::zstd millrace::re2 millrace::simdjson millrace::md4c millrace::yaml millrace::tomlplusplus)
