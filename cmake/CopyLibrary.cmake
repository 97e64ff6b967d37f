# cmake -DLIBRARY=... -DFOLDER=... -P CopyLibrary.cmake: copies a shared library under its SONAME, the name
# under which the addon asks for it.
get_filename_component(name ${LIBRARY} NAME)
find_program(OBJDUMP NAMES objdump llvm-objdump)
if(OBJDUMP)
  execute_process(COMMAND ${OBJDUMP} -p ${LIBRARY} OUTPUT_VARIABLE headers ERROR_QUIET)
  if(headers MATCHES "SONAME +([^ \n]+)")
    set(name ${CMAKE_MATCH_1})
  endif()
endif()
configure_file(${LIBRARY} ${FOLDER}/${name} COPYONLY)
