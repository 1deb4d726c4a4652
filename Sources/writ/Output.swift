import WritText

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A stream of bytes going out: standard output, standard error or a file being made.
///
/// A class because it is a resource: what was buffered must be written once. A reader that goes
/// away (`writ run … | head`) ends the program quietly; a full disk is a failure.
final class Output {
  private let descriptor: Int32
  private let path: String?
  private var buffer: [UInt8] = []
  /// The reader has gone; what is still written goes nowhere.
  private(set) var isClosed = false

  /// `path` names the file in messages; nil for standard output and standard error.
  init(descriptor: Int32, path: String? = nil) {
    self.descriptor = descriptor
    self.path = path
  }

  func write(_ text: String) throws(Failure) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= 1 << 16 { try flush() }
  }

  func write(_ bytes: [UInt8]) throws(Failure) {
    try bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in try write(bytes) }
  }

  /// Writes borrowed bytes; many go out as they are.
  func write(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) {
    if buffer.count + bytes.count < 1 << 16 {
      buffer.append(contentsOf: bytes)
      return
    }
    try flush()
    try writeOut(UnsafeRawBufferPointer(bytes))
  }

  func flush() throws(Failure) {
    let waiting = buffer
    buffer = []
    try waiting.withUnsafeBufferPointer { (bytes) throws(Failure) in
      try writeOut(UnsafeRawBufferPointer(bytes))
    }
  }

  private func writeOut(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    var start = 0
    while start < bytes.count, !isClosed {
      let written = unistdWrite(
        descriptor, bytes.baseAddress.map { $0 + start }, bytes.count - start)
      if written >= 0 {
        start += written
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN: waitUntilWritable()
      case EPIPE: isClosed = true
      default:
        if let path { throw .cannotWrite(path, error: errno) }
        throw .cannotWriteOutput(error: errno)
      }
    }
  }

  private func waitUntilWritable() {
    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = poll(&entry, 1, -1)
  }
}

private func unistdWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  guard let bytes else { return 0 }
  return write(descriptor, bytes, count)
}
