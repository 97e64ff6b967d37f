// The single place where Node-API enters Millrace: everything in binding/ includes this.
#pragma once

#include <napi.h>  // IWYU pragma: export
