// Tells which reports of ThreadSanitizer are about the addon. node is not instrumented: its memory
// calls are seen but not its locks, so that races inside node are reported that are none. Suppressions
// cannot express that: `race_top:node` looks at the interceptor (free, memmove), not at its caller, and
// `race:v8::` would also hide a race in the addon below a call from JavaScript.

const runtimeFrame = /\((libtsan|libstdc\+\+|libc|libgcc_s)\.so[^)]*\)|sanitizer_common|\/include\/c\+\+\//;
const addonFrame = /millrace\.node/;

/** The caller of the innermost runtime functions of a stack. @param {string} stack */
function innermost(stack) {
  return stack.split('\n').filter((line) => /^\s+#\d+ /.test(line)).find((line) => !runtimeFrame.test(line)) ?? '';
}

/**
 * The reports in a log of ThreadSanitizer that blame the addon: a data race when the innermost frame of
 * either access is the addon's, any other kind when the addon appears in it at all.
 * @param {string} log
 * @returns {string[]}
 */
export function reportsAboutAddon(log) {
  return log.split(/^=+$/m).filter((report) => {
    if (!report.includes('WARNING: ThreadSanitizer')) return /FATAL|ERROR: ThreadSanitizer/.test(report);
    if (!/data race/.test(report)) return addonFrame.test(report);
    const accesses = report.split(/\n\s*\n/).filter((part) => /(Write|Read|write|read) of size/.test(part));
    return accesses.some((access) => addonFrame.test(innermost(access)));
  });
}
