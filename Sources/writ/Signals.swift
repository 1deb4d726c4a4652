import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Whether the window was given another size since somebody last asked; set by SIGWINCH.
enum Resizes {
  private static let flag = Atomic<Bool>(false)

  /// Listens from now on. The signal interrupts waiting, so it is seen at once.
  static func listen() {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in Resizes.flag.store(true, ordering: .relaxed) }
    sigaction(SIGWINCH, &action, nil)
  }

  static func take() -> Bool { flag.exchange(false, ordering: .relaxed) }
}

/// Whether somebody wants the program to end: Ctrl-C or a polite kill.
///
/// The handler writes into a pipe, whose other end is waited on together with everything else: a
/// signal that comes just before the waiting begins is not lost.
enum Interrupts {
  private static let flag = Atomic<Bool>(false)
  private static let writing = Atomic<Int32>(-1)

  /// Listens from now on; gives what becomes readable when a signal came, -1 where there is none.
  static func listen() -> Int32 {
    var ends: [Int32] = [-1, -1]
    if pipe(&ends) == 0 { writing.store(ends[1], ordering: .relaxed) }
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in
      Interrupts.flag.store(true, ordering: .relaxed)
      var byte: UInt8 = 0
      _ = write(Interrupts.writing.load(ordering: .relaxed), &byte, 1)
    }
    // Whoever started the program may have blocked them.
    var wanted = sigset_t()
    sigemptyset(&wanted)
    for signal in [SIGINT, SIGTERM] {
      sigaction(signal, &action, nil)
      sigaddset(&wanted, signal)
    }
    sigprocmask(SIG_UNBLOCK, &wanted, nil)
    return ends[0]
  }

  static var came: Bool { flag.load(ordering: .relaxed) }
}

/// What must not stay behind when the program is ended in its middle: files that are half written,
/// and a line on the terminal that was to be wiped away.
///
/// Everything stands where the handler of a signal may read it, at any moment and on any thread.
enum Unfinished {
  private static let mostFiles = 64
  private static let widestLine = 512
  /// Paths as C has them, or 0. What a handler may be reading is never given back.
  nonisolated(unsafe) private static let files: UnsafeMutablePointer<Atomic<UInt>> = {
    let files = UnsafeMutablePointer<Atomic<UInt>>.allocate(capacity: mostFiles)
    for index in 0..<mostFiles { (files + index).initialize(to: Atomic(0)) }
    return files
  }()
  nonisolated(unsafe) private static let blanks: UnsafeMutablePointer<UInt8> = {
    let blanks = UnsafeMutablePointer<UInt8>.allocate(capacity: widestLine)
    blanks.initialize(repeating: UInt8(ascii: " "), count: widestLine)
    return blanks
  }()
  private static let lineWidth = Atomic<Int>(0)

  /// Tidies up from now on before a signal ends the program; what was to be ignored still is.
  static func listen() {
    _ = (files, blanks)
    // Whoever started the program may have blocked them.
    var wanted = sigset_t()
    sigemptyset(&wanted)
    defer { sigprocmask(SIG_UNBLOCK, &wanted, nil) }
    for signal in [SIGINT, SIGTERM, SIGHUP] {
      sigaddset(&wanted, signal)
      var action = sigaction()
      guard sigaction(signal, nil, &action) == 0, !action.isIgnored else { continue }
      action = sigaction()
      // The signal comes again behind the handler, and then does what it does to everyone.
      action.sa_flags = Int32(truncatingIfNeeded: SA_RESETHAND)
      action.__sigaction_handler.sa_handler = { signal in
        Unfinished.tidy()
        raise(signal)
      }
      sigaction(signal, &action, nil)
    }
  }

  /// Notes a file that must be whole or gone; nil if there are too many already.
  static func begin(_ path: String) -> Int? {
    guard let copy = strdup(path) else { return nil }
    let bits = UInt(bitPattern: copy)
    for index in 0..<mostFiles
    where files[index].compareExchange(expected: 0, desired: bits, ordering: .releasing).exchanged {
      return index
    }
    free(copy)
    return nil
  }

  /// The file is whole, or was taken away.
  static func end(_ index: Int?) {
    if let index { files[index].store(0, ordering: .releasing) }
  }

  /// A line of so many columns stands on the terminal of standard error; 0: none.
  static func showsLine(width: Int) {
    lineWidth.store(min(width, widestLine), ordering: .relaxed)
  }

  private static func tidy() {
    for index in 0..<mostFiles {
      let bits = files[index].exchange(0, ordering: .acquiring)
      if let path = UnsafePointer<CChar>(bitPattern: bits) { unlink(path) }
    }
    let width = lineWidth.exchange(0, ordering: .relaxed)
    guard width > 0 else { return }
    var carriage = UInt8(ascii: "\r")
    _ = write(2, &carriage, 1)
    _ = write(2, blanks, width)
    _ = write(2, &carriage, 1)
  }
}

extension sigaction {
  fileprivate var isIgnored: Bool {
    unsafeBitCast(__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
