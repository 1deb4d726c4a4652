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
