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
