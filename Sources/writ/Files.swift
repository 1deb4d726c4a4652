import WritText

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A rule file may have this many megabytes; offsets in it are 32 bits wide, and nobody writes more.
let maximumRuleFileMegabytes = 64

/// The bytes of a file, or of standard input for `-`.
func readFile(_ path: String, atMostMegabytes limit: Int = .max >> 20) throws(Failure) -> [UInt8] {
  let file = try InputFile(path)
  var bytes: [UInt8] = []
  // A plain file mostly is as long as it says: it takes that much room, and little to see its end.
  func step(_ count: Int) -> Int {
    file.sizeHint == 0 || count > file.sizeHint
      ? 1 << 20 : min(max(file.sizeHint - count, smallStep), 1 << 20)
  }
  if file.sizeHint <= limit << 20 { bytes.reserveCapacity(file.sizeHint + smallStep) }
  // What is too large is not read to its end: it may have none.
  while max(bytes.count, file.sizeHint) <= limit << 20,
    try file.read(into: &bytes, upTo: step(bytes.count))
  {}
  if max(bytes.count, file.sizeHint) > limit << 20 {
    throw .fileTooLarge(path, limitMegabytes: limit)
  }
  return bytes
}

/// Enough to see that a file has ended.
private let smallStep = 64

/// A file being read from front to back.
///
/// Not copyable: the descriptor is closed when the value ends.
struct InputFile: ~Copyable {
  private let descriptor: Int32
  let path: String
  /// What the system says of its size; 0 for a pipe.
  let sizeHint: Int

  init(_ path: String) throws(Failure) {
    let (descriptor, sizeHint) = try Self.opened(path)
    self.descriptor = descriptor
    self.path = path
    self.sizeHint = sizeHint
  }

  private static func opened(_ path: String) throws(Failure) -> (Int32, Int) {
    if path == "-" { return (0, 0) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 {
      if errno == ENOENT { throw .missingFile(path) }
      throw .cannotRead(path, error: errno)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return (descriptor, 0) }
    if status.st_mode & S_IFMT == S_IFDIR {
      close(descriptor)
      throw .cannotRead(path, error: EISDIR)
    }
    return (descriptor, max(0, Int(status.st_size)))
  }

  deinit { if descriptor > 0 { close(descriptor) } }

  /// Appends up to so many bytes; false at the end of the file.
  func read(into bytes: inout [UInt8], upTo count: Int) throws(Failure) -> Bool {
    while true {
      let start = bytes.count
      bytes.append(contentsOf: repeatElement(0, count: count))
      let got = bytes.withUnsafeMutableBytes { buffer in
        buffer.baseAddress.map { readDescriptor(descriptor, $0 + start, count) } ?? 0
      }
      let error = errno
      bytes.removeLast(count - max(0, got))
      if got >= 0 { return got > 0 }
      if error != EINTR { throw .cannotRead(path, error: error) }
    }
  }
}

private func readDescriptor(_ descriptor: Int32, _ to: UnsafeMutableRawPointer, _ count: Int) -> Int
{
  read(descriptor, to, count)
}

/// Writes a file so that a reader sees the old one or the new one, never half: a temporary file
/// beside it takes its place at the end.
func replaceFile(_ path: String, with bytes: [UInt8]) throws(Failure) {
  let file = try ReplacementFile(path)
  try file.output.write(bytes)
  try file.finish()
}

/// A file being made beside the one that it will replace.
///
/// What is no plain file (a device, a named pipe) is written to as it is: a file in its place
/// would take it away from everyone.
final class ReplacementFile {
  let output: Output
  private let path: String
  /// nil where the path is written to directly.
  private let temporary: String?
  private let descriptor: Int32
  /// Its place among what a signal takes away.
  private let unfinished: Int?

  init(_ path: String) throws(Failure) {
    // A link stays a link: what it points to is replaced.
    let target = resolvedPath(path) ?? path
    let temporary = Self.isReplaceable(target) ? target + ".tmp\(getpid())" : nil
    let descriptor: Int32
    if let temporary {
      descriptor = try Self.created(temporary, for: path, like: target)
      unfinished = Unfinished.begin(temporary)
    } else {
      descriptor = try Self.opened(path)
      unfinished = nil
    }
    self.path = target
    self.temporary = temporary
    self.descriptor = descriptor
    output = Output(descriptor: descriptor, path: path)
  }

  /// Whether there is a plain file or nothing.
  private static func isReplaceable(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
  }

  private static func opened(_ path: String) throws(Failure) -> Int32 {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    if descriptor < 0 { throw .cannotWrite(path, error: errno) }
    return descriptor
  }

  private static func created(
    _ temporary: String, for path: String, like target: String
  ) throws(Failure) -> Int32 {
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw .cannotWrite(path, error: errno) }
    var status = stat()
    if stat(target, &status) == 0 { fchmod(descriptor, status.st_mode & 0o7777) }
    return descriptor
  }

  /// Puts the file in its place; on a failure the old one stays and nothing is left behind.
  func finish() throws(Failure) {
    try output.flush()
    guard let temporary else { return }
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else {
      throw .cannotWrite(path, error: errno)
    }
    guard rename(temporary, path) == 0 else { throw .cannotWrite(path, error: errno) }
  }

  deinit {
    close(descriptor)
    // Gone after a rename; left over after a stop.
    if let temporary { unlink(temporary) }
    Unfinished.end(unfinished)
  }
}

private func resolvedPath(_ path: String) -> String? {
  guard let resolved = realpath(path, nil) else { return nil }
  defer { free(resolved) }
  return String(cString: resolved)
}

func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Makes a folder, and those around it, unless it is there.
func makeFolder(_ path: String) throws(Failure) {
  if path.isEmpty || isFolder(path) { return }
  try makeFolder(folder(of: path))
  if mkdir(path, 0o777) != 0, errno != EEXIST { throw .cannotWrite(path, error: errno) }
}

func fileExists(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0
}

/// A path inside a folder.
func join(_ folder: String, _ name: String) -> String {
  if name.hasPrefix("/") || folder.isEmpty || folder == "." { return name }
  return folder.hasSuffix("/") ? folder + name : folder + "/" + name
}

/// The folder of a path; empty for a bare name.
func folder(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "" }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

// MARK: - Finding rule files

/// The `.writ` files that the paths name or contain, in the order of their paths, byte by byte: the
/// order that rules have, however the files were named or found.
///
/// A file named twice, or reached by two links, is read once. Folders and files whose names begin
/// with a point are left alone unless named.
func ruleFiles(in paths: [String]) throws(Failure) -> [String] {
  var walk = RuleWalk()
  for path in paths { try walk.add(path == "-" ? path : tidied(path)) }
  return walk.found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// The rule sets that paths name: all of them together are one, but a single folder that has no rule
/// file of its own is a shelf, and each folder below it that has some is a set of its own.
func ruleSets(in paths: [String]) throws(Failure) -> [[String]] {
  guard paths.count == 1, paths[0] != "-", isFolder(paths[0]) else { return [paths] }
  let shelf = tidied(paths[0])
  var folders: [String] = []
  for file in try ruleFiles(in: [shelf]) {
    let place = folder(of: file)
    if place == shelf { return [paths] }
    // Files come in the order of their paths, so a set's own folder is met before those inside it
    // or, where only those inside sort earlier, takes their place.
    if folders.contains(where: { place == $0 || place.hasPrefix($0 + "/") }) { continue }
    folders.removeAll { $0.hasPrefix(place + "/") }
    folders.append(place)
  }
  return folders.map { [$0] }
}

private struct RuleWalk {
  private struct Identity: Hashable {
    let device: UInt64
    let number: UInt64
  }
  var found: [String] = []
  private var seen: Set<Identity> = []

  mutating func add(_ path: String) throws(Failure) {
    if path == "-" {
      found.append(path)
      return
    }
    guard let status = try statusIfNew(path) else { return }
    if status.st_mode & S_IFMT != S_IFDIR {
      found.append(path)
      return
    }
    let before = found.count
    try addFolder(path)
    if found.count == before { throw .noRules(in: path) }
  }

  private mutating func addFolder(_ path: String) throws(Failure) {
    for name in try names(in: path) {
      let inner = join(path, name)
      var status = stat()
      // A link that leads nowhere is no rule file unless it says so.
      guard stat(inner, &status) == 0 else {
        if name.hasSuffix(".writ") { throw .cannotRead(inner, error: errno) }
        continue
      }
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      guard isFolder || name.hasSuffix(".writ"), try statusIfNew(inner) != nil else { continue }
      if isFolder { try addFolder(inner) } else { found.append(inner) }
    }
  }

  /// The status of a path that was not met before, under this or another name.
  private mutating func statusIfNew(_ path: String) throws(Failure) -> stat? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT { throw .missingFile(path) }
      throw .cannotRead(path, error: errno)
    }
    let identity = Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
    return seen.insert(identity).inserted ? status : nil
  }

  private func names(in path: String) throws(Failure) -> [String] {
    guard let folder = opendir(path) else { throw .cannotRead(path, error: errno) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    // Bytewise here too, so that which of two links is met first does not depend on the disk.
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

/// A path without `./` at its beginning, doubled slashes and a slash at its end.
private func tidied(_ path: String) -> String {
  let isAbsolute = path.hasPrefix("/")
  let parts = path.split(separator: "/").filter { $0 != "." }
  let tidy = parts.joined(separator: "/")
  if isAbsolute { return "/" + tidy }
  return tidy.isEmpty ? "." : tidy
}
