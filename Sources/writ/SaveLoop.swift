import WritText
import WritWorkbench

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Looks at what lies below some paths: at once, and again after every save, until `look` returns
/// false or somebody wants the program to end. A burst of saves is one; while nothing happens
/// nothing wakes it.
///
/// The watch begins before the first look, so what is saved during it is not missed.
func lookAfterEverySave(
  _ paths: [String], _ console: Console, _ look: () throws(Failure) -> Bool
) throws(Failure) {
  let paths = watchable(paths)
  guard var watcher = FileWatcher(paths) else { throw .cannotRead(paths[0], error: errno) }
  let interrupts = Interrupts.listen()
  guard try look() else { return }
  var debounce = Debounce()
  while !Interrupts.came, !console.out.isClosed {
    var entries = [watcher.descriptor, interrupts].map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    let now = monotonicNanoseconds()
    let wait = debounce.due.map { Int32(max(0, ($0 - now + 999_999) / 1_000_000)) } ?? -1
    let ready = poll(&entries, nfds_t(entries.count), wait)
    if ready > 0, watcher.take() { debounce.changed(at: monotonicNanoseconds()) }
    if debounce.take(at: monotonicNanoseconds()) {
      guard try look() else { break }
    }
  }
  try console.out.flush()
}

/// Paths as a watcher wants them: standard input is none, and a slash at the end says nothing.
private func watchable(_ paths: [String]) -> [String] {
  paths.filter { $0 != "-" }.map { path in
    var path = path
    while path.count > 1, path.last == "/" { path.removeLast() }
    return path
  }
}
