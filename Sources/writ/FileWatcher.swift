#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Tells that something below some paths may have changed: files, folders, those that come and go.
///
/// It says *that*, never *what*: whoever is told looks at everything again, so a burst, a rename or
/// a folder that was replaced needs no case of its own. Nothing wakes it while nothing happens.
/// Linux has inotify behind it, Darwin kqueue.
struct FileWatcher: ~Copyable {
  /// Readable when something changed.
  let descriptor: Int32
  private let paths: [String]
  #if os(Linux)
    private var watches: [Int32: String] = [:]
  #else
    private var folders: [Int32] = []
    /// The name alone is that of a function, too.
    private typealias Event = kevent
  #endif

  /// Watches files and folders, also those that are not there yet. nil where the system cannot.
  init?(_ paths: [String]) {
    self.paths = paths
    #if os(Linux)
      descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
    #else
      descriptor = kqueue()
    #endif
    guard descriptor >= 0 else { return nil }
    watchAll()
  }

  deinit {
    #if !os(Linux)
      for folder in folders { close(folder) }
    #endif
    close(descriptor)
  }

  /// Takes what happened; true where it may concern the paths.
  mutating func take() -> Bool {
    #if os(Linux)
      return takeEvents()
    #else
      var events = [Event](repeating: Event(), count: 64)
      var instant = timespec()
      let count = kevent(descriptor, nil, 0, &events, Int32(events.count), &instant)
      if count > 0 { watchAll() }
      return count > 0
    #endif
  }

  /// The folders to watch: all below the paths, and for each path the nearest one above it that is
  /// there, so that it is seen when a path comes back.
  private func wanted() -> [String] {
    var wanted: [String] = []
    func add(_ folder: String) { if !wanted.contains(folder) { wanted.append(folder) } }
    for path in paths {
      var above = folder(of: path).isEmpty ? "." : folder(of: path)
      while !isFolder(above), above != ".", above != "/" {
        above = folder(of: above).isEmpty ? "." : folder(of: above)
      }
      add(above)
      var waiting = isFolder(path) ? [path] : []
      while let next = waiting.popLast(), wanted.count < 4_096 {
        add(next)
        for name in names(in: next) where !name.hasPrefix(".") {
          let below = join(next, name)
          if isFolder(below), !isLink(below) { waiting.append(below) }
        }
      }
    }
    return wanted
  }

  #if os(Linux)
    /// That a folder came, went or moved.
    private static let folderEvents =
      UInt32(bitPattern: Int32(truncatingIfNeeded: IN_ISDIR)) | UInt32(IN_DELETE_SELF)
      | UInt32(IN_MOVE_SELF)

    private mutating func watchAll() {
      let mask =
        IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF
        | IN_MOVE_SELF | IN_ONLYDIR
      var now: [Int32: String] = [:]
      for folder in wanted() {
        let watch = inotify_add_watch(descriptor, folder, UInt32(mask))
        if watch >= 0 { now[watch] = folder }
      }
      for watch in watches.keys where now[watch] == nil { inotify_rm_watch(descriptor, watch) }
      watches = now
    }

    private mutating func takeEvents() -> Bool {
      var concerns = false
      var foldersMoved = false
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let count = read(descriptor, &buffer, buffer.count)
        guard count > 0 else { break }
        var offset = 0
        while offset + MemoryLayout<inotify_event>.size <= count {
          let event = buffer.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
          }
          let start = offset + MemoryLayout<inotify_event>.size
          let name = buffer[start..<start + Int(event.len)].prefix { $0 != 0 }
          offset = start + Int(event.len)
          if event.mask & UInt32(IN_Q_OVERFLOW) != 0 {
            concerns = true
            foldersMoved = true
          } else if event.mask & UInt32(IN_IGNORED) == 0 {
            // The folder above a path is full of what is none of our business.
            guard self.concerns(event.wd, String(decoding: name, as: UTF8.self)) else { continue }
            concerns = true
            foldersMoved = foldersMoved || event.mask & Self.folderEvents != 0
          } else {
            foldersMoved = foldersMoved || watches[event.wd] != nil
          }
        }
      }
      if foldersMoved {
        watchAll()
        concerns = true
      }
      return concerns
    }

    /// Whether a name in a watched folder lies below one of the paths, or leads to one.
    private func concerns(_ watch: Int32, _ name: String) -> Bool {
      guard let folder = watches[watch] else { return false }
      // Editors write backups and swap files beside the file.
      if name.hasPrefix(".") || name.hasSuffix("~") || name.hasSuffix(".swp") { return false }
      // Paths that people write begin with no `./`.
      let full = name.isEmpty ? folder : folder == "." ? name : join(folder, name)
      return paths.contains { path in
        full == path || full.hasPrefix(path + "/") || path.hasPrefix(full + "/") || path == folder
      }
    }
  #else
    private mutating func watchAll() {
      for folder in folders { close(folder) }
      folders = []
      let wanted = wanted()
      // A file that is written where it is does not change its folder.
      let files = wanted.filter { folder in
        paths.contains { folder == $0 || folder.hasPrefix($0 + "/") }
      }.flatMap { folder in
        names(in: folder).filter { !$0.hasPrefix(".") }.map { join(folder, $0) }
      }
      for path in wanted + paths + files {
        let opened = open(path, O_EVTONLY | O_CLOEXEC)
        guard opened >= 0 else { continue }
        folders.append(opened)
        var change = Event(
          ident: UInt(opened), filter: Int16(EVFILT_VNODE), flags: UInt16(EV_ADD | EV_CLEAR),
          fflags: UInt32(NOTE_WRITE | NOTE_DELETE | NOTE_RENAME | NOTE_EXTEND), data: 0, udata: nil)
        kevent(descriptor, &change, 1, nil, 0, nil)
      }
    }
  #endif
}

/// The names in a folder, sorted; none where it cannot be read.
private func names(in folder: String) -> [String] {
  guard let stream = opendir(folder) else { return [] }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}

private func isLink(_ path: String) -> Bool {
  var status = stat()
  return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
}
